//! Machines made of folders: each look against a tree that has just what it looks for.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener;

use super::files::May;
use super::pcscd::Reach;
use super::*;

/// A computer in a temporary folder, seen by an account that is not ours.
struct Tree(tempfile::TempDir);

impl Tree {
    fn new() -> Tree {
        Tree(tempfile::tempdir().unwrap())
    }

    fn with(self, path: &str, text: &str) -> Tree {
        let at = self.machine().at(path);
        std::fs::create_dir_all(at.parent().unwrap()).unwrap();
        std::fs::write(at, text).unwrap();
        self
    }

    fn machine(&self) -> Machine {
        Machine { root: self.0.path().to_path_buf(), user: 4242, groups: vec![4243], pcscd_socket: None }
    }
}

#[test]
fn an_account_goes_by_its_name_where_it_has_one() {
    let tree = Tree::new().with("/etc/passwd", "root:x:0:0::/:/bin/sh\nissuer:x:4242:4243::/:/bin/false\n");
    assert_eq!(tree.machine().account(), "issuer");
    assert_eq!((Tree::new().machine().account(), tree.machine().group(20)), ("4242".into(), "20".into()));
}

#[test]
fn kernel_modules_are_seen_loaded_and_bound() {
    let machine = Tree::new();
    assert_eq!(kernel::loaded(&machine.machine()), Look::Hidden);
    let tree = machine
        .with("/sys/module/nfc/refcnt", "1")
        .with("/sys/module/usbcore/refcnt", "1")
        .with("/sys/bus/usb/drivers/pn533_usb/1-1.2:1.0/x", "")
        .with("/sys/bus/usb/drivers/pn533_usb/bind", "");
    assert_eq!(kernel::loaded(&tree.machine()), Look::Found(vec!["nfc"]));
    assert_eq!(kernel::bound(&tree.machine()), ["1-1.2"]);
}

#[test]
fn a_blacklist_may_be_spread_over_files_and_words() {
    let lacks = |tree: &Tree| kernel::blacklist_lacks(&tree.machine()).found().unwrap();
    let tree = Tree::new()
        .with("/etc/modprobe.d/a.conf", "# blacklist pn533\nblacklist nfc\nblacklist pn533_i2c\nblacklist pn532-uart\n")
        .with("/etc/modprobe.d/b.txt", "blacklist pn533\n")
        .with("/usr/lib/modprobe.d/c.conf", "install pn533-usb /bin/false\ninstall pn533 /sbin/modprobe pn533\n");
    assert_eq!(lacks(&tree), ["pn533"]);
    assert_eq!(lacks(&Tree::new()), kernel::MODULES);
    assert_eq!(lacks(&Tree::new().with("/etc/modprobe.d/issuer-nfc.conf", mend::BLACKLIST)), [""; 0]);
}

/// As Debian delivers it, shortened.
const PLIST: &str = "<!-- <key>none</key> -->
<dict>
\t<key>CFBundleShortVersionString</key>
\t<string>1.5.2</string>
\t<key>ifdDriverOptions</key>
\t<string>0x0004</string>

\t<!-- Possible values for ifdDriverOptions
\t0x01: DRIVER_OPTION_CCID_EXCHANGE_AUTHORIZED -->
</dict>
";
const PLIST_FILE: &str = "/usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents/Info.plist";

#[test]
fn libccid_tells_version_and_options() {
    let tree = Tree::new().with(PLIST_FILE, PLIST);
    let driver = ccid::driver(&tree.machine()).found().unwrap();
    assert_eq!((driver.version.as_str(), driver.options), ("1.5.2", 4));
    assert_eq!(ccid::driver(&Tree::new().machine()), Look::Missing);
}

#[test]
fn versions_come_from_installed_packages_alone() {
    let status = "Package: libccid\nStatus: install ok installed\nVersion: 1:1.5.2-1+deb12u1\n\n\
                  Package: pcscd\nStatus: deinstall ok config-files\nVersion: 1.9.9-2\n";
    let tree = Tree::new().with("/var/lib/dpkg/status", status);
    let version = |package: &str| packages::version(&tree.machine(), package);
    assert_eq!(version("libccid"), Look::Found("1.5.2".into()));
    assert_eq!((version("pcscd"), version("ccid")), (Look::Missing, Look::Missing));
}

#[test]
fn versions_compare_by_their_numbers() {
    for (version, older) in [
        ("1.5.2", Some(true)),
        ("1.6.2", Some(false)),
        ("1.10.0", Some(false)),
        ("1.6", Some(true)),
        ("1.6.2~rc1", Some(false)),
        ("unknown", None),
    ] {
        assert_eq!(packages::older(version, &[1, 6, 2]), older, "{version}");
    }
}

#[test]
fn test_drivers_are_told_from_others() {
    let tree = Tree::new()
        .with("/etc/reader.conf.d/libccidtwin", "#LIBPATH /usr/lib/libifdvpcd.so\nLIBPATH /usr/lib/libccidtwin.so\n")
        .with("/etc/reader.conf.d/vpcd", "FRIENDLYNAME \"x\"\n  LIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so\n")
        .with("/proc/1/cmdline", "/sbin/init\0")
        .with("/proc/42/cmdline", "/usr/local/bin/issuer\0rig\0simulate\0--readers\x004\0")
        .with("/proc/43/cmdline", "/usr/local/bin/issuer\0rig\0run\0")
        .with("/proc/44/cmdline", "/usr/bin/editor\0rig\0simulate\0");
    assert_eq!(drivers::test_entries(&tree.machine()), Look::Found(vec!["/etc/reader.conf.d/vpcd".into()]));
    assert_eq!(drivers::simulations(&tree.machine()), Look::Found(vec![42]));
    assert_eq!(drivers::test_entries(&Tree::new().machine()), Look::Found(vec![]));
}

#[test]
fn a_simulation_is_not_ruled_out_where_processes_are_hidden() {
    assert_eq!(drivers::simulations(&Tree::new().machine()), Look::Hidden);
    // As ProtectProc=invisible shows it: one's own processes alone.
    assert_eq!(drivers::simulations(&Tree::new().with("/proc/77/cmdline", "issuer\0serve\0").machine()), Look::Hidden);
}

#[test]
fn an_account_has_the_groups_of_both_files() {
    let tree = Tree::new()
        .with("/etc/passwd", "root:x:0:0::/:/bin/sh\nissuer:x:998:997::/:/bin/false\n")
        .with("/etc/group", "dialout:x:20:kim,issuer\nplugdev:x:46:kim\nissuer:x:997:\n");
    let seen = tree.machine().seen_by("issuer").unwrap();
    assert_eq!((seen.user, seen.groups), (998, vec![997, 20]));
    assert!(tree.machine().seen_by("kim").is_none());
}

#[test]
fn polkit_is_asked_where_pcscd_was_built_so_and_a_rule_names_the_account() {
    let tree = Tree::new().with("/usr/sbin/pcscd", "\x7fELF org.debian.pcsc-lite.access_pcsc\0");
    assert!(pcscd::asks_polkit(&tree.machine()) && pcscd::installed(&tree.machine()));
    assert!(!pcscd::asks_polkit(&Tree::new().with("/usr/sbin/pcscd", "\x7fELF").machine()));
    assert_eq!(pcscd::polkit_rule(&tree.machine(), "issuer"), Look::Found(false));
    let ours = include_str!("../../../hardware/polkit/50-issuer.rules");
    let tree = tree.with("/etc/polkit-1/rules.d/50-issuer.rules", ours);
    assert_eq!(pcscd::polkit_rule(&tree.machine(), "issuer"), Look::Found(true));
    assert_eq!(pcscd::polkit_rule(&tree.machine(), "other"), Look::Found(false));
}

#[test]
fn the_account_of_the_service_stands_in_its_unit() {
    let unit = include_str!("../../../hardware/systemd/issuer.service");
    let tree = Tree::new().with("/etc/systemd/system/issuer.service", unit);
    assert_eq!(pcscd::service_account(&tree.machine()).as_deref(), Some("issuer"));
    assert_eq!(pcscd::service_account(&Tree::new().machine()), None);
}

#[test]
fn whether_systemd_starts_pcscd() {
    let tree = Tree::new();
    assert!(!pcscd::systemd(&tree.machine()) && !pcscd::socket_enabled(&tree.machine()));
    let tree = tree.with("/run/systemd/system/x", "").with("/etc/systemd/system/sockets.target.wants/pcscd.socket", "");
    assert!(pcscd::systemd(&tree.machine()) && pcscd::socket_enabled(&tree.machine()));
}

/// How a pcscd is met that does this with a client.
fn met(serve: impl FnOnce(std::os::unix::net::UnixStream) + Send + 'static) -> Reach {
    let tree = Tree::new().with("/run/pcscd/pcscd.pid", "1");
    let listener = UnixListener::bind(tree.machine().at("/run/pcscd/pcscd.comm")).unwrap();
    let server = std::thread::spawn(move || serve(listener.accept().unwrap().0));
    let reach = pcscd::reach(&tree.machine(), Duration::from_millis(300));
    server.join().unwrap();
    reach
}

#[test]
fn pcscd_is_met_as_it_behaves() {
    let answering = |mut stream: std::os::unix::net::UnixStream| {
        let mut asked = [0; 20];
        stream.read_exact(&mut asked).unwrap();
        assert_eq!(asked[..8], [12u32, 0x11].map(u32::to_ne_bytes).concat());
        stream.write_all(&asked[8..]).unwrap();
    };
    assert_eq!(met(answering), Reach::Answers);
    assert_eq!(met(drop), Reach::HungUp);
    let silent = |mut stream: std::os::unix::net::UnixStream| {
        // Until the client gives up.
        let _ = stream.read_to_end(&mut Vec::new());
    };
    assert_eq!(met(silent), Reach::Silent);
    assert_eq!(pcscd::reach(&Tree::new().machine(), Duration::from_millis(300)), Reach::Absent);
}

#[test]
fn serial_nodes_are_those_of_bridges_and_those_that_are_named() {
    let tree = Tree::new()
        .with("/dev/ttyUSB0", "")
        .with("/dev/ttyS0", "")
        .with("/dev/null", "")
        .with("/etc/group", "root:x:0:\ndialout:x:20:\n");
    let named =
        ["pn532_uart:/dev/ttyS0:115200".to_owned(), "pn532_uart:/dev/ttyUSB0".into(), "pn532_i2c:/dev/i2c-1".into()];
    let nodes = serial::nodes(&tree.machine(), &named);
    let seen: Vec<_> = nodes.iter().map(|node| (node.path.to_str().unwrap(), node.may)).collect();
    assert_eq!(seen, [("/dev/ttyUSB0", May::Not), ("/dev/ttyS0", May::Not), ("/dev/i2c-1", May::Gone)]);
}

#[test]
fn an_account_may_use_what_the_mode_gives_to_it_its_groups_or_all() {
    let tree = Tree::new().with("/dev/ttyUSB0", "");
    let node = tree.machine().at("/dev/ttyUSB0");
    let (owner, group) = {
        use std::os::unix::fs::MetadataExt;
        let found = std::fs::metadata(&node).unwrap();
        (found.uid(), found.gid())
    };
    for (mode, user, groups, may) in [
        (0o660, 4242, vec![4243], May::Not),
        (0o660, 4242, vec![4243, group], May::Use),
        (0o640, 4242, vec![group], May::Not),
        (0o666, 4242, vec![], May::Use),
        (0o600, owner, vec![], May::Use),
    ] {
        std::fs::set_permissions(&node, std::fs::Permissions::from_mode(mode)).unwrap();
        let machine = Machine { user, groups, ..tree.machine() };
        assert_eq!(files::may(&machine, &node), may, "{mode:o} {user}");
    }
}

#[test]
fn a_mode_is_loose_when_anybody_else_has_any_right() {
    let tree = Tree::new().with("/keys.toml", "");
    let file = tree.machine().at("/keys.toml");
    for (mode, loose) in [(0o600, None), (0o640, Some(0o640)), (0o604, Some(0o604)), (0o400, None)] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(files::loose(&file), Look::Found(loose));
    }
    assert_eq!(files::loose(&tree.machine().at("/none")), Look::Missing);
}

#[test]
fn a_mode_is_never_given_through_a_link() {
    let tree = Tree::new().with("/theirs", "");
    let (theirs, link) = (tree.machine().at("/theirs"), tree.machine().at("/link"));
    std::fs::set_permissions(&theirs, std::fs::Permissions::from_mode(0o644)).unwrap();
    std::os::unix::fs::symlink(&theirs, &link).unwrap();
    assert_eq!(mend::mode(&link, 0o600).unwrap_err().code, "doctor-mend");
    assert_eq!(files::loose(&theirs), Look::Found(Some(0o644)));
}

#[test]
fn the_clock_has_a_keeper_or_none_is_seen() {
    assert_eq!(clock::synchronised(&Tree::new().machine()), Look::Missing);
    let tree = Tree::new().with("/run/systemd/timesync/clock", "");
    assert_eq!(clock::synchronised(&tree.machine()), Look::Found(false));
    let tree = tree.with("/run/systemd/timesync/synchronized", "");
    assert_eq!(clock::synchronised(&tree.machine()), Look::Found(true));
    assert_eq!(clock::other_keeper(&tree.machine()), None);
    assert_eq!(clock::other_keeper(&tree.with("/run/chrony/chronyd.pid", "1").machine()), Some("chronyd"));
}

#[test]
fn a_look_that_hangs_is_left_behind() {
    let (end, wait) = channel::<()>();
    assert_eq!(within(Duration::from_millis(20), move || wait.recv().is_ok()), None);
    drop(end);
    assert_eq!(within(Duration::from_secs(10), || 7), Some(7));
}

#[test]
fn a_pipe_in_place_of_a_file_is_not_opened() {
    let tree = Tree::new().with("/etc/x", "");
    let pipe = tree.machine().at("/etc/pipe");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    assert_eq!(read(&pipe), Look::Hidden);
}
