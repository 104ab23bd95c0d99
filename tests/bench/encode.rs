//! The program's own time per card, with a reader that answers at once and nothing on disk: making the plans,
//! encoding and verifying, proving. The limit is 5 ms a card.

use std::time::{Duration, Instant};

use issuer::back::encoder::simulated::LooseReader;
use issuer::back::encoder::{encode_and_prove, identify};
use issuer::plan::chip::{
    Content, EncodePlan, KeySet, KeyVersion, MasterKey, Profile, ProofLevel, ProofPlan, Protection, Uid,
};
use issuer::plan::member::{LibraryCode, MemberNumber};
use issuer::simulator::silicon::{Kind, Silicon, Uid as SiliconUid};

const LIMIT: Duration = Duration::from_millis(5);

fn main() {
    let desk = Desk::new();
    let cards = 200;
    let begun = Instant::now();
    for serial in 0..cards {
        desk.issue(desk.blank(serial), serial, ProofLevel::Used);
    }
    let each = begun.elapsed() / cards;
    println!(
        "encode + proof `used`: {each:?} a card, {:.3} of the limit of {LIMIT:?}",
        each.as_secs_f64() / LIMIT.as_secs_f64()
    );
    divan::main();
    assert!(each <= LIMIT, "{each:?} a card is over the limit of {LIMIT:?}");
}

#[divan::bench(args = ["used", "full"])]
fn encode_and_proof(bencher: divan::Bencher<'_, '_>, level: &str) {
    let desk = Desk::new();
    let level = ProofLevel::parse(level).expect("a proof level");
    bencher.with_inputs(|| desk.blank(1)).bench_values(|card| desk.issue(card, 1, level));
}

#[divan::bench]
fn plans_alone(bencher: divan::Bencher<'_, '_>) {
    let desk = Desk::new();
    let uid = Uid::new(&[4, 1, 2, 3]).expect("a UID");
    bencher.bench(|| desk.plans(&uid, 1, ProofLevel::Used));
}

struct Desk {
    profile: Profile,
    keys: KeySet,
    site: LibraryCode,
}

impl Desk {
    fn new() -> Desk {
        let key = |purpose: u8| MasterKey::new(std::array::from_fn(|i| purpose ^ i as u8));
        let version = KeyVersion { version: 1, classic: key(1), pwd: key(2), seal: key(3), backup: key(4) };
        Desk {
            profile: Profile::parse(include_str!("../../templates/chips/ieum.toml"), "ieum.toml").expect("the profile"),
            keys: KeySet::new(vec![version], 1).expect("a key set"),
            site: LibraryCode::parse("121003").expect("a library code"),
        }
    }

    fn blank(&self, serial: u32) -> LooseReader {
        let uid = SiliconUid::new(&serial.to_be_bytes()).expect("a UID");
        LooseReader::with_card(Silicon::blank(Kind::Classic1k, uid))
    }

    fn plans(&self, uid: &Uid, serial: u32, level: ProofLevel) -> (EncodePlan, ProofPlan) {
        let content = Content {
            number: MemberNumber::new(self.site, serial).expect("a number"),
            library: self.site,
            sequence: 1,
            date: jiff::civil::date(2026, 11, 24).into(),
            key_version: 1,
        };
        let kind = issuer::plan::chip::ChipKind::Classic1k;
        let plan = EncodePlan::new(&self.profile, kind, uid, &content, &self.keys, Protection::Keyed).expect("a plan");
        let proof = ProofPlan::new(&plan, level).expect("a proof");
        (plan, proof)
    }

    fn issue(&self, mut reader: LooseReader, serial: u32, level: ProofLevel) {
        let target = identify(&mut reader).expect("a card");
        let (plan, proof) = self.plans(&target.uid, serial, level);
        let done = encode_and_prove(&mut reader, &target, &plan, &proof, &mut |_| Ok(()));
        let (_, proof) = done.expect("a finished card");
        assert_eq!(proof.let_through(), 0);
    }
}
