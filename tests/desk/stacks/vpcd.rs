//! A reader through the stock vsmartcard-vpcd.

use super::rig::{Rig, reader};

#[test]
fn a_card_comes_and_goes_at_the_stock_vpcd() {
    let rig = Rig::start(&["--readers", "0", "--vpcd-readers", "1"]);
    let (mut client, name) = (rig.client(), reader(0));
    assert_eq!(rig.told["pcsc"]["readers"][0]["name"], name.as_str());
    assert_eq!(client.readers()[0], name);
    let uid = rig.lay("ntag213", &name);
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
    rig.ask(&["card", "lift", "--reader", &name]);
    client.end();
}
