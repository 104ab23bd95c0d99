//! What `hardware/` holds for a desk's PC: that `setup.sh --desk` puts it in place once, and that the files are what their
//! readers (udev, systemd, modprobe) take. Nothing of this computer is changed.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use crate::support::Desk;

const HARDWARE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/hardware");

fn mode_of(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn text(file: &str) -> String {
    std::fs::read_to_string(format!("{HARDWARE}/{file}")).unwrap()
}

#[test]
fn the_files_of_a_desk_are_installed_once_and_a_second_run_changes_nothing() {
    let desk = Desk::new();
    let root = desk.path("root");
    let install = || {
        let output = std::process::Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/hardware/setup.sh"))
            .arg("--desk")
            .env("DESTDIR", &root)
            // A program of a few bytes: what is installed is not run.
            .env("ISSUER_BINARY", "/bin/true")
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    install();
    let first = tree(&root);
    for file in [
        "usr/local/bin/issuer",
        "etc/systemd/system/issuer.service",
        "etc/udev/rules.d/70-issuer-readers.rules",
        "etc/modprobe.d/issuer-nfc.conf",
        "etc/polkit-1/rules.d/50-issuer.rules",
        "var/lib/issuer/issuer.toml",
    ] {
        assert!(first.iter().any(|(path, ..)| path == Path::new(file)), "{file} in {first:?}");
    }
    assert_eq!(mode_of(&root.join("var/lib/issuer")), 0o700);
    assert_eq!(install(), "nothing to do: everything is in place\n");
    assert_eq!(tree(&root), first);
    // The library's own settings stay; what was altered of ours comes back.
    std::fs::write(root.join("var/lib/issuer/issuer.toml"), "# ours\n").unwrap();
    std::fs::write(root.join("etc/modprobe.d/issuer-nfc.conf"), "").unwrap();
    assert!(install().contains("issuer-nfc.conf"));
    assert_eq!(std::fs::read_to_string(root.join("var/lib/issuer/issuer.toml")).unwrap(), "# ours\n");
    assert_ne!(std::fs::read(root.join("etc/modprobe.d/issuer-nfc.conf")).unwrap(), b"");
}

/// Every file with its mode, its time and its length.
fn tree(root: &Path) -> Vec<(std::path::PathBuf, u32, SystemTime, u64)> {
    let (mut files, mut folders) = (Vec::new(), vec![root.to_path_buf()]);
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            let (path, found) = (entry.path(), entry.metadata().unwrap());
            if found.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_path_buf();
                files.push((name, mode_of(&path), found.modified().unwrap(), found.len()));
            }
        }
    }
    files.sort();
    files
}

/// Runs some of the functions of `setup.sh`, with a world that is made up.
fn act(scene: &str) -> String {
    let functions = text("setup.sh").replace("main \"$@\"", "");
    let output = Command::new("bash").args(["-c", &format!("{functions}\n{scene}")]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_account_joins_the_groups_that_own_boards_where_there_are_such() {
    let said =
        act("getent() { case \"$*\" in 'passwd issuer' | 'group dialout' | 'group plugdev') ;; *) return 2 ;; esac; }
        id() { echo issuer dialout; }
        as_root() { echo \"$@\"; }
        account
        echo $changed $stale");
    assert_eq!(said, "usermod -aG plugdev issuer\nadded: issuer to the group plugdev\n1 true\n");
}

/// What `setup.sh --desk` says at its end, with a systemd and a database that are made up.
fn last_lines(runs: bool, stale: bool, database: bool) -> String {
    let folder = tempfile::tempdir().unwrap();
    if database {
        std::fs::create_dir(folder.path().join("var")).unwrap();
        std::fs::write(folder.path().join("var/issuer.db"), "").unwrap();
    }
    let (state, answer) = (folder.path().display(), if runs { 0 } else { 3 });
    act(&format!("state={state} stale={stale}\nas_root() {{ \"$@\"; }}\nsystemctl() {{ return {answer}; }}\nnext"))
}

#[test]
fn an_upgrade_says_to_restart_and_only_a_first_install_lists_first_steps() {
    let first = last_lines(false, true, false);
    assert!(first.contains("issuer init --production --admin") && first.contains("IPAddressAllow="), "{first}");
    for (runs, stale, database, wanted) in [
        (true, true, true, Some("    systemctl restart issuer")),
        (true, false, true, None),
        (false, true, true, Some("    systemctl enable --now issuer")),
    ] {
        let said = last_lines(runs, stale, database);
        assert_eq!(said.lines().find(|line| line.contains("systemctl")), wanted, "{said}");
        assert!(!said.contains("init"), "{said}");
    }
}

#[test]
fn options_of_the_installer_may_be_given_together_and_unknown_ones_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(format!("{HARDWARE}/setup.sh"));
        command.args(arguments).env("DESTDIR", folder.path()).env("ISSUER_BINARY", "/bin/true");
        command.output().unwrap().status.code()
    };
    assert_eq!(run(&["--desk", "--test"]), Some(0));
    assert!(folder.path().join("usr/local/bin/issuer").exists());
    assert_eq!(run(&["--desk", "--other"]), Some(2));
}

/// Every line is a list of `KEY{attribute}OPERATOR"value"`; it gives names and takes nothing away from anybody (the same
/// bridges sit in receipt printers); no name holds a colon, at which libnfc parts its own.
#[test]
fn udev_rules_are_well_formed_and_only_add_names() {
    let rules = text("udev/70-issuer-readers.rules");
    let lines: Vec<&str> = rules.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert!(!lines.is_empty());
    for line in &lines {
        for part in line.split(", ") {
            let key: String = part.chars().take_while(|c| !"=!+:".contains(*c)).collect();
            let rest = part.strip_prefix(&key).unwrap();
            let matches = ["==", "!="].iter().find_map(|operator| rest.strip_prefix(operator));
            let value = if key == "SYMLINK" { rest.strip_prefix("+=") } else { matches };
            let quoted = value.and_then(|value| value.strip_prefix('"')?.strip_suffix('"'));
            let name = key.split('{').next().unwrap();
            let known = ["ACTION", "SUBSYSTEM", "KERNEL", "ENV", "SYMLINK"];
            assert!(known.contains(&name) && quoted.is_some_and(|value| !value.contains('"')), "{part} in {line}");
        }
        assert!(line.ends_with("SYMLINK+=\"issuer/serial-$env{ID_PATH_TAG}\""), "{line}");
    }
    // From systemd 254 on udev judges for itself.
    let file = format!("{HARDWARE}/udev/70-issuer-readers.rules");
    let judge = |arguments: &[&str]| Command::new("udevadm").args(arguments).output();
    if judge(&["verify", "--help"]).is_ok_and(|help| help.status.success()) {
        let judged = judge(&["verify", "--resolve-names=never", &file]).unwrap();
        assert!(judged.status.success(), "{judged:?}");
    }
}

#[test]
fn the_unit_lets_in_every_kind_of_board_and_gives_up_on_settings_that_stay_wrong() {
    let unit = text("systemd/issuer.service");
    // As /proc/devices names them.
    for class in ["ttyUSB", "ttyACM", "ttyS", "ttyAMA", "i2c", "spi", "usb_device"] {
        assert!(unit.contains(&format!("\nDeviceAllow=char-{class} rw\n")), "{class}");
    }
    // A class is known only once its driver is loaded.
    for module in ["usbserial", "cdc_acm", "i2c_dev", "spidev"] {
        let count = unit.lines().filter(|line| line.contains(&format!("modprobe@{module}.service"))).count();
        assert_eq!(count, 2, "Wants= and After= of {module}");
    }
    let number = |key: &str| -> u32 {
        let value = unit.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_else(|| panic!("{key}"));
        value.parse().unwrap()
    };
    // A start that fails at once comes again after RestartSec: the last one of the burst is well within the interval.
    assert!(number("StartLimitIntervalSec=") > 3 * number("StartLimitBurst=") * number("RestartSec="));
    assert!(!unit.contains("ProtectProc=invisible"), "holders of readers stand in /proc");
}

/// systemd's own measure, where systemd is: 0 is best, 10 is worst.
#[test]
fn the_unit_is_taken_by_systemd_and_exposes_little() {
    let unit = text("systemd/issuer.service");
    for line in ["User=issuer", "StateDirectory=issuer", "NoNewPrivileges=yes", "ProtectSystem=strict"] {
        assert!(unit.lines().any(|found| found == line), "{line}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("issuer.service");
    // It wants a program that is there.
    std::fs::write(&file, unit.replace("/usr/local/bin/issuer", "/bin/true")).unwrap();
    let analyse = |arguments: &[&str]| Command::new("systemd-analyze").args(arguments).arg(&file).output();
    let Ok(judged) = analyse(&["security", "--offline=true", "--threshold=20", "--no-pager"]) else { return };
    assert!(judged.status.success(), "{}", String::from_utf8_lossy(&judged.stdout));
    let verified = analyse(&["verify"]).unwrap();
    assert_eq!(String::from_utf8_lossy(&verified.stderr), "");
}
