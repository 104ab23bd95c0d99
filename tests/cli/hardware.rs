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

/// Every line is a list of `KEY{attribute}OPERATOR"value"`; nobody but the group gets in, and no name holds a colon, at which
/// libnfc parts its own.
#[test]
fn udev_rules_are_well_formed_and_open_to_the_group_alone() {
    let rules = text("udev/70-issuer-readers.rules");
    let lines: Vec<&str> = rules.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert!(lines.len() >= 7, "{lines:?}");
    for line in &lines {
        for part in line.split(", ") {
            let key: String = part.chars().take_while(|c| !"=!+:".contains(*c)).collect();
            let rest = part.strip_prefix(&key).unwrap();
            let value = ["==", "!=", "+=", ":=", "="].iter().find_map(|operator| rest.strip_prefix(operator));
            let quoted = value.and_then(|value| value.strip_prefix('"')?.strip_suffix('"'));
            let name = key.split('{').next().unwrap();
            let known = ["ACTION", "SUBSYSTEM", "KERNEL", "ENV", "ATTR", "GROUP", "MODE", "SYMLINK", "IMPORT"];
            assert!(known.contains(&name) && quoted.is_some_and(|value| !value.contains('"')), "{part} in {line}");
        }
        let grants = line.contains("MODE=");
        assert_eq!(grants, line.contains("GROUP=\"issuer\""), "{line}");
        assert!(!grants || (line.contains("MODE=\"0660\"") && line.contains("$env{ID_PATH_TAG}")), "{line}");
    }
    for bridge in ["1a86", "10c4", "0403", "067b", "072f"] {
        assert!(lines.iter().any(|line| line.contains(bridge)), "{bridge}");
    }
    // From systemd 254 on udev judges for itself.
    let file = format!("{HARDWARE}/udev/70-issuer-readers.rules");
    let judge = |arguments: &[&str]| Command::new("udevadm").args(arguments).output();
    if judge(&["verify", "--help"]).is_ok_and(|help| help.status.success()) {
        let judged = judge(&["verify", "--resolve-names=never", &file]).unwrap();
        assert!(judged.status.success(), "{judged:?}");
    }
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
