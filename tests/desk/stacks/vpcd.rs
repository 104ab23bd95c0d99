//! A reader through the stock vsmartcard-vpcd.

use serde_json::Value;

use super::rig::{Rig, reader};

#[test]
fn a_card_comes_and_goes_at_the_stock_vpcd() {
    let rig = Rig::start(&["--readers", "0", "--vpcd-readers", "1"]);
    let (mut client, name) = (rig.client(), reader(0));
    assert_eq!(rig.told["pcsc"]["readers"][0]["name"], name.as_str());
    assert_eq!(client.readers()[0], name);
    let tray = rig.told["pcsc"]["readers"][0]["tray"].as_str().expect("its name at the tray");
    assert_eq!(tray, "vpcd-0");
    let uid = rig.lay("ntag213", tray);
    client.begin(&format!("watch card {name}"));
    assert_eq!(client.end(), "watching");
    client.end();
    assert_eq!(client.ask(&format!("connect exclusive {name}")), "ok");
    assert_eq!(client.ask("transmit FF CA 00 00 00"), format!("{uid}9000"));
    // It passes no escape command on.
    assert_eq!(client.ask("control 1 FF 00 48 00 00"), "UnsupportedFeature");
    let took: u64 = client.ask("time 200 FF CA 00 00 00").parse().expect("microseconds");
    println!("{took} µs an exchange");
    assert!(took < 10_000, "{took} µs an exchange: is each segment acknowledged at once?");
    client.begin(&format!("watch empty {name}"));
    assert_eq!(client.end(), "watching");
    rig.ask(&["card", "lift", "--reader", tray]);
    client.end();
}

/// vpcd itself would listen at every address of the machine.
#[test]
fn nobody_on_the_network_can_be_the_card() {
    let rig = Rig::start(&["--readers", "0", "--vpcd-readers", "1"]);
    let ports: Vec<u64> =
        rig.told["pcsc"]["vpcd_ports"].as_array().expect("ports").iter().filter_map(Value::as_u64).collect();
    rig.client().sees(2);
    let open = std::fs::read_to_string("/proc/net/tcp").expect("the kernel's list");
    for port in ports {
        let at = |address: &str| open.contains(&format!(" {address}:{port:04X} 00000000:0000 0A"));
        assert!(at("0100007F") && !at("00000000"), "{port:04X} in {open}");
    }
}
