//! Every key takes effect, every mistake is refused by name, no text panics, and issuer.toml explains itself.

use std::collections::BTreeSet;

use proptest::prelude::*;

mod fees;

use super::sections::KEYS;
use super::*;
use crate::plan::messages::{Lang, Messages};

fn settings(text: &str, environment: &[(&str, &str)]) -> Result<Settings, Trouble> {
    let environment: Vec<_> = environment.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect();
    read(text, "issuer.toml", Path::new("/desk"), &environment)
}

fn arg(trouble: &Trouble, name: &str) -> String {
    trouble.args.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone()).unwrap_or_default()
}

#[test]
fn the_embedded_file_alone_is_enough() {
    let settings = settings("", &[]).unwrap();
    assert_eq!(settings.library.code.as_str(), "121003");
    assert_eq!((settings.number.first, settings.number.last), (1, 99_999_999));
    assert_eq!(settings.web.listen.to_string(), "127.0.0.1:8470");
    assert_eq!(settings.store.path, Path::new("/desk/var/issuer.db"));
    assert_eq!(settings.key_file, Path::new("/desk/var/keys.toml"));
    assert_eq!(settings.printer.folder, Path::new("/desk/var/spool"));
    assert_eq!(settings.fees[&Reason::Lost].last().amount, 2000);
    assert_eq!(settings.templates(), Path::new("/desk/templates"));
    assert_eq!(settings.printer.uri, None);
}

/// Key, a value other than the default as the file writes it, the same as the environment says it.
const OTHERS: &[(&str, &str, &str)] = &[
    ("library.code", "\"111314\"", "111314"),
    ("library.membership", "\"on-request\"", "on-request"),
    ("library.conditions", "[\"home\"]", "home"),
    ("library.retention", "\"2 years\"", "2 years"),
    ("library.time_zone", "\"Asia/Tokyo\"", "Asia/Tokyo"),
    ("number.scheme", "\"year-serial\"", "year-serial"),
    ("number.first", "\"00000500\"", "00000500"),
    ("number.last", "900", "900"),
    ("chip.profile", "\"other\"", "other"),
    ("chip.protection", "\"permanent\"", "permanent"),
    ("chip.proof", "\"full\"", "full"),
    ("chip.magic_cards", "\"accept\"", "accept"),
    ("chip.rekey", "\"on-recover\"", "on-recover"),
    ("reader.names", "[\"front\", \"back\"]", "front, back"),
    ("reader.kind", "\"pcsc\"", "pcsc"),
    ("reader.signal", "false", "false"),
    ("reader.card_timeout", "30", "30"),
    ("printer.uri", "\"ipp://printer/\"", "ipp://printer/"),
    ("printer.dpi", "600", "600"),
    ("printer.feed", "\"hopper\"", "hopper"),
    ("printer.options", "{ ribbon = \"YMCKO\" }", "{ ribbon = \"YMCKO\" }"),
    ("printer.folder", "\"/srv/spool\"", "/srv/spool"),
    ("printer.keep_days", "0", "0"),
    ("access.keep_years", "5", "5"),
    ("stock.low", "50", "50"),
    ("stock.faulty_percent", "2", "2"),
    ("layout.card", "\"mine\"", "mine"),
    ("layout.barcode_card", "\"mine\"", "mine"),
    ("layout.sticker", "\"mine\"", "mine"),
    ("layout.receipt", "\"mine\"", "mine"),
    ("layout.fonts", "[\"NotoSansKR\"]", "[\"NotoSansKR\"]"),
    ("exemptions.proof", "\"told\"", "told"),
    ("drawer.change", "50000", "50000"),
    ("kiosks.check", "\"card\"", "card"),
    ("loans.per_library", "7", "7"),
    ("loans.everywhere", "20", "20"),
    ("loans.return_elsewhere", "true", "true"),
    ("web.listen", "\"[::1]:80\"", "[::1]:80"),
    ("web.hosts", "[\"desk.local\"]", "desk.local"),
    ("web.idle_minutes", "5", "5"),
    ("simulator.folder", "\"cards\"", "cards"),
    ("simulator.dispenser", "\"none\"", "none"),
    ("simulator.readers", "2", "2"),
    ("simulator.timing", "\"acr122u\"", "acr122u"),
    ("store.path", "\"x.db\"", "x.db"),
    ("store.locks", "\"x\"", "x"),
    ("keys.file", "\"x.toml\"", "x.toml"),
];

/// Keys of which only the default is built so far, or can ever be.
const ONE_VALUE: [&str; 3] = ["printer.kind", "register.kind", "fees.defective.amount"];

fn line(path: &str, value: &str) -> String {
    let (section, key) = path.rsplit_once('.').unwrap();
    format!("[{section}]\n{key} = {value}\n")
}

fn variable(path: &str) -> String {
    format!("ISSUER__{}", path.replace('.', "__").replace('-', "_").to_uppercase())
}

#[test]
fn every_key_takes_effect_from_the_file_and_the_same_from_the_environment() {
    let default = format!("{:?}", settings("", &[]).unwrap());
    let fees = KEYS.iter().filter(|path| path.starts_with("fees.") && !ONE_VALUE.contains(path));
    let others: Vec<(&str, &str, &str)> = fees
        .map(|path| {
            let (value, said) = fees::other(path);
            (*path, value, said)
        })
        .chain(OTHERS.iter().copied())
        .collect();
    for (path, value, said) in &others {
        let from_file = format!("{:?}", settings(&line(path, value), &[]).unwrap());
        assert_ne!(from_file, default, "{path} does nothing");
        let from_environment = format!("{:?}", settings("", &[(&variable(path), said)]).unwrap());
        assert_eq!(from_environment, from_file, "{path}");
    }
    let tried: BTreeSet<&str> = others.iter().map(|(path, ..)| *path).chain(ONE_VALUE).collect();
    assert_eq!(tried, KEYS.iter().copied().collect(), "a key is not tried here");
}

#[test]
fn the_environment_comes_before_the_file() {
    let settings = settings("[reader]\ncard_timeout = 30\n", &[("ISSUER__READER__CARD_TIMEOUT", "40")]).unwrap();
    assert_eq!(settings.reader.card_timeout, 40);
}

/// File text, code, what the message must name: place, key.
const REFUSED: &[(&str, &str, &str, &str)] = &[
    ("[library\n", "settings-syntax", "issuer.toml:1", ""),
    ("\n\n[library]\ncode = \n", "settings-syntax", "issuer.toml:4", ""),
    ("[web]\nlisten = \"127.0.0.1:1\"\nlisten = \"127.0.0.1:2\"\n", "settings-syntax", "issuer.toml:3", ""),
    ("[libary]\ncode = \"121003\"\n", "settings-unknown-key", "issuer.toml:1", "libary"),
    ("[library]\n\nkode = \"121003\"\n", "settings-unknown-key", "issuer.toml:3", "library.kode"),
    ("[fees.torn]\namount = 1\n", "settings-unknown-key", "issuer.toml:1", "fees.torn"),
    ("[fees.lost]\nprice = 1\n", "settings-unknown-key", "issuer.toml:2", "fees.lost.price"),
    ("library = \"121003\"\n", "settings-section", "issuer.toml:1", "library"),
    ("fees = 3\n", "settings-section", "issuer.toml:1", "fees"),
    ("[library]\ncode = 121003\n", "settings-value", "issuer.toml:2", "library.code"),
    ("[library]\nmembership = \"both\"\n", "settings-value", "issuer.toml:2", "library.membership"),
    ("[library]\nretention = \"a while\"\n", "settings-value", "issuer.toml:2", "library.retention"),
    ("[library]\ntime_zone = \"Korea/Seoul\"\n", "settings-value", "issuer.toml:2", "library.time_zone"),
    ("[number]\nfirst = \"1a\"\n", "settings-value", "issuer.toml:2", "number.first"),
    ("[number]\nfirst = \"000000001\"\n", "settings-value", "issuer.toml:2", "number.first"),
    ("[number]\nlast = -1\n", "settings-value", "issuer.toml:2", "number.last"),
    ("[chip]\nprofile = \"../etc/passwd\"\n", "settings-value", "issuer.toml:2", "chip.profile"),
    ("[chip]\nrekey = \"never\"\n", "settings-value", "issuer.toml:2", "chip.rekey"),
    ("[chip]\nproof = true\n", "settings-value", "issuer.toml:2", "chip.proof"),
    ("[reader]\nkind = \"acr122u\"\n", "settings-value", "issuer.toml:2", "reader.kind"),
    ("[reader]\nnames = \"front\"\n", "settings-value", "issuer.toml:2", "reader.names"),
    ("[reader]\nnames = [1]\n", "settings-value", "issuer.toml:2", "reader.names"),
    ("[reader]\ncard_timeout = 0\n", "settings-value", "issuer.toml:2", "reader.card_timeout"),
    ("[reader]\ncard_timeout = \"20\"\n", "settings-value", "issuer.toml:2", "reader.card_timeout"),
    ("[printer]\ndpi = 10\n", "settings-value", "issuer.toml:2", "printer.dpi"),
    ("[printer]\noptions = { media = 1 }\n", "settings-value", "issuer.toml:2", "printer.options"),
    ("[printer]\nfolder = \"\"\n", "settings-value", "issuer.toml:2", "printer.folder"),
    ("[fees.lost]\namount = 2000.5\n", "settings-value", "issuer.toml:2", "fees.lost.amount"),
    ("[loans]\nreturn_elsewhere = \"no\"\n", "settings-value", "issuer.toml:2", "loans.return_elsewhere"),
    ("[web]\nlisten = \"localhost\"\n", "settings-value", "issuer.toml:2", "web.listen"),
    ("[web]\nhosts = [\"desk.local:8470\"]\n", "settings-value", "issuer.toml:2", "web.hosts"),
    ("[web]\nhosts = [\"desk.local\", \"\"]\n", "settings-value", "issuer.toml:2", "web.hosts"),
    ("[keys]\nfile = \"a\\u0000b\"\n", "settings-value", "issuer.toml:2", "keys.file"),
    ("[reader]\nkind = \"usb\"\n", "settings-value", "issuer.toml:2", "reader.kind"),
    ("[reader]\nsignal = \"yes\"\n", "settings-value", "issuer.toml:2", "reader.signal"),
    ("[printer]\nkind = \"ipp\"\n", "printer-unsupported", "issuer.toml:2 printer.kind", ""),
    ("[printer]\nkind = \"raw\"\n", "printer-unsupported", "issuer.toml:2 printer.kind", ""),
    ("[register]\nkind = \"postgres\"\n", "register-unsupported", "issuer.toml:2 register.kind", ""),
    ("[number]\nfirst = 5\nlast = 4\n", "number-range", "", ""),
    ("[number]\nscheme = \"year-serial\"\nlast = 1000000\n", "number-range", "", ""),
];

#[test]
fn every_mistake_is_refused_by_name_place_and_key() {
    for (text, code, place, key) in REFUSED {
        let trouble = settings(text, &[]).expect_err(text);
        assert_eq!(
            (trouble.code, arg(&trouble, "place"), arg(&trouble, "key")),
            (*code, place.to_string(), key.to_string())
        );
    }
    let trouble = settings("\n[library]\ncode = \"12100\"\n", &[]).unwrap_err();
    assert_eq!(trouble.code, "settings-library-code");
    assert_eq!(
        (arg(&trouble, "text").as_str(), arg(&trouble, "place").as_str()),
        ("12100", "issuer.toml:3 library.code")
    );
}

#[test]
fn mistakes_in_the_environment_are_named_by_the_variable() {
    for (name, value, code) in [
        ("ISSUER__LIBRARY__KODE", "1", "settings-unknown-key"),
        ("ISSUER__LIBRARY", "1", "settings-unknown-key"),
        ("ISSUER__READER__CARD_TIMEOUT", "soon", "settings-value"),
        ("ISSUER__LOANS__RETURN_ELSEWHERE", "yes", "settings-value"),
        ("ISSUER__READER__NAMES", "[1]", "settings-value"),
        ("ISSUER__PRINTER__OPTIONS", "media", "settings-value"),
    ] {
        let trouble = settings("", &[(name, value)]).unwrap_err();
        assert_eq!((trouble.code, arg(&trouble, "place").as_str()), (code, name));
    }
}

#[test]
fn every_refusal_has_its_two_lines_in_both_languages() {
    let messages = Messages::new(
        [
            include_str!("../../../templates/messages/ko/settings.ftl"),
            include_str!("../../../templates/messages/ko/member.ftl"),
        ],
        [
            include_str!("../../../templates/messages/en/settings.ftl"),
            include_str!("../../../templates/messages/en/member.ftl"),
        ],
    );
    let messages = messages.unwrap();
    for (text, ..) in REFUSED {
        let trouble = settings(text, &[]).unwrap_err();
        for lang in [Lang::Ko, Lang::En] {
            for line in [messages.what(lang, &trouble), messages.help(lang, &trouble)] {
                let whole = line.contains(' ') && !line.contains("{$") && !line.contains('\n');
                assert!(whole, "{} in {}: {line}", trouble.code, lang.code());
            }
        }
    }
}

#[test]
fn the_file_is_searched_for_in_order() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path();
    let write = |name: &str, timeout: u32| {
        std::fs::create_dir_all(folder.join(name).parent().unwrap()).unwrap();
        std::fs::write(folder.join(name), format!("[reader]\ncard_timeout = {timeout}\n")).unwrap();
    };
    let timeout = |config: Option<&str>, environment: &[(&str, &str)]| {
        let environment = environment.iter().map(|(name, value)| (name.into(), value.into()));
        load(config.map(Path::new), environment, folder)
            .map(|settings| settings.reader.card_timeout)
            .map_err(|t| t.code)
    };
    assert_eq!(timeout(None, &[]), Ok(20));
    write("issuer.toml", 21);
    write("b/issuer.toml", 22);
    write("c.toml", 23);
    assert_eq!(timeout(None, &[]), Ok(21));
    assert_eq!(timeout(None, &[("ISSUER_CONFIG", "b/issuer.toml")]), Ok(22));
    assert_eq!(timeout(Some("c.toml"), &[("ISSUER_CONFIG", "b/issuer.toml")]), Ok(23));
    assert_eq!(timeout(Some("none.toml"), &[]), Err("settings-missing"));
    assert_eq!(timeout(Some("b"), &[]), Err("settings-unreadable"));
    assert_eq!(timeout(None, &[("ISSUER_CONFIG", "none.toml")]), Err("settings-missing"));
    assert_eq!(timeout(None, &[("PATH", "x"), ("ISSUER_LANG", "x")]), Ok(21));
    let settings = load(Some(Path::new("b/issuer.toml")), [], folder).unwrap();
    assert_eq!(settings.file, Some(folder.join("b/issuer.toml")));
    assert_eq!(settings.store.path, folder.join("b/var/issuer.db"));
}

#[test]
fn folders_are_made_or_refused() {
    let root = tempfile::tempdir().unwrap();
    let settings = load(None, [], root.path()).unwrap();
    settings.check_folders().unwrap();
    for made in ["var/spool", "var/simulator", "var/locks"] {
        assert!(root.path().join(made).is_dir(), "{made}");
    }
    std::fs::write(root.path().join("file"), "").unwrap();
    let environment = [("ISSUER__PRINTER__FOLDER".into(), "file/spool".into())];
    let refused = load(None, environment, root.path()).unwrap().check_folders().unwrap_err();
    assert_eq!((refused.code, arg(&refused, "why").as_str()), ("folder-unwritable", "file"));
}

/// Whether a line of issuer.toml sets this key, commented out or not.
fn sets(line: &str, key: &str) -> bool {
    let bare = line.strip_prefix("# ").unwrap_or(line);
    bare.strip_prefix(key).is_some_and(|rest| rest.starts_with(" = "))
}

#[test]
fn issuer_toml_names_every_key_under_a_comment() {
    let lines: Vec<&str> = EMBEDDED.lines().collect();
    for path in KEYS.iter() {
        let (section, key) = path.rsplit_once('.').unwrap();
        // What a fee may name is said once above all of them, and its default is nothing at all.
        let once = section.starts_with("fees.") && lines.iter().any(|line| line.starts_with(&format!("#   {key}: ")));
        if once && !["amount", "number"].contains(&key) || key == "change" {
            continue;
        }
        let start = lines.iter().position(|line| *line == format!("[{section}]")).expect(path);
        let end =
            lines[start + 1..].iter().position(|line| line.starts_with('[')).map_or(lines.len(), |n| start + 1 + n);
        let at =
            (start..end).find(|at| sets(lines[*at], key)).unwrap_or_else(|| panic!("{path} is not in issuer.toml"));
        let mut above = lines[..at].iter().rev().take_while(|line| line.starts_with('#') && !sets(line, "first"));
        let korean = |line: &&str| line.chars().any(|c| ('가'..='힣').contains(&c));
        // `last` stands under the comment that explains both ends, a fee's `number` under that of all fees.
        let explained = *path == "number.last" || (path.starts_with("fees.") && path.ends_with(".number"));
        assert!(above.any(korean) || explained, "{path} has no comment");
    }
}

proptest! {
    #[test]
    fn any_text_and_any_value_is_answered(text in any::<String>(), key in 0..KEYS.len(), value in any::<String>()) {
        let _ = settings(&text, &[]);
        let _ = settings(&line(KEYS[key], &text), &[]);
        let _ = settings("", &[(&variable(KEYS[key]), &value)]);
        let quoted = toml::Value::String(text).to_string();
        let _ = settings(&line(KEYS[key], &quoted), &[(&variable(KEYS[key]), &value)]);
    }
}
