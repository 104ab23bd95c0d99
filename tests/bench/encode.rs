//! What a card costs, chip by chip: exchanges and reader commands, the program's own time with a reader that answers at
//! once and nothing on disk, and, with the reader model at real timings, the time per card beside the sum of silicon and
//! link. Every figure has its limit beside it, and a figure over its limit fails.

use std::time::{Duration, Instant};

use issuer::back::encoder::simulated::LooseReader;
use issuer::back::encoder::{Cost, Reader, encode, encode_and_prove, identify, screen};
use issuer::plan::chip::{
    ChipKind, Content, EncodePlan, KeySet, KeyVersion, MasterKey, Profile, ProofLevel, ProofPlan, Protection, Uid,
};
use issuer::plan::member::{LibraryCode, MemberNumber};
use issuer::simulator::field::Timing;
use issuer::simulator::silicon::{Kind, Silicon, Uid as SiliconUid};

/// The program's own time per card.
const LIMIT: Duration = Duration::from_millis(5);
/// Of a Classic 1K with all 16 sectors locked: encode and verify, and with proof `used`.
const ENCODE_1K: u32 = 110;
const PROVEN_1K: u32 = 210;
/// Reader commands an exchange.
const COMMANDS: f64 = 1.2;
/// Time per card beside the sum of silicon and link.
const OVERHEAD: f64 = 1.10;

fn main() {
    let desk = Desk::new();
    for kind in ChipKind::ALL {
        for protection in [Protection::Keyed, Protection::Permanent] {
            cost(&desk, kind, protection);
        }
    }
    divan::main();
}

fn cost(desk: &Desk, kind: ChipKind, protection: Protection) {
    let (encoded, proven) =
        (desk.encode(kind, protection), desk.issue(desk.blank(kind, 1), 1, protection, ProofLevel::Used));
    let cards = 200;
    let blanks: Vec<LooseReader> = (0..cards).map(|serial| desk.blank(kind, serial)).collect();
    let begun = Instant::now();
    for (blank, serial) in blanks.into_iter().zip(0..) {
        desk.issue(blank, serial, protection, ProofLevel::Used);
    }
    let each = begun.elapsed() / cards;
    let (taken, overhead) = as_on_a_reader(desk, kind, protection);
    let (encoded, cost) = (encoded.cost(), proven.cost());
    let commands = commands(cost);
    println!(
        "{:<18} {protection:<9} encode + verify {:>3} exchanges, with proof {:>3}, {commands:.2} commands an exchange; program {each:>9.1?} \
         a card ({:.3} of {LIMIT:?}); as on a real reader {taken:.2?}, {overhead:.3} of silicon and link; test for clones {} more",
        kind.code(),
        encoded.exchanges,
        cost.exchanges,
        each.as_secs_f64() / LIMIT.as_secs_f64(),
        desk.screen(kind)
    );
    assert!(each <= LIMIT, "{each:?} a card is over the limit of {LIMIT:?}");
    assert!(commands <= COMMANDS && overhead <= OVERHEAD, "over {COMMANDS} commands or {OVERHEAD} of the time");
    if kind == ChipKind::Classic1k && protection == Protection::Keyed {
        assert!(encoded.exchanges <= ENCODE_1K && cost.exchanges <= PROVEN_1K, "over {ENCODE_1K} or {PROVEN_1K}");
    }
}

/// The time of a card at real timings, and beside the sum of silicon and link. The best of three: a busy neighbour makes
/// each of the model's waits a little longer.
fn as_on_a_reader(desk: &Desk, kind: ChipKind, protection: Protection) -> (Duration, f64) {
    let tries = (0..3).map(|_| {
        let timed = desk.blank(kind, 1).timed(Timing::Acr122u);
        let begun = Instant::now();
        let reader = desk.issue(timed, 1, protection, ProofLevel::Used);
        let taken = begun.elapsed();
        (taken, taken.as_secs_f64() / reader.spent().as_secs_f64())
    });
    tries.min_by(|one, other| one.1.total_cmp(&other.1)).unwrap_or_default()
}

fn commands(cost: Cost) -> f64 {
    f64::from(cost.commands) / f64::from(cost.exchanges)
}

#[divan::bench(args = ["used", "full"])]
fn encode_and_proof(bencher: divan::Bencher<'_, '_>, level: &str) {
    let desk = Desk::new();
    let level = ProofLevel::parse(level).expect("a proof level");
    let blank = || desk.blank(ChipKind::Classic1k, 1);
    bencher.with_inputs(blank).bench_values(|card| desk.issue(card, 1, Protection::Keyed, level));
}

#[divan::bench]
fn plans_alone(bencher: divan::Bencher<'_, '_>) {
    let desk = Desk::new();
    let uid = Uid::new(&[4, 1, 2, 3]).expect("a UID");
    bencher.bench(|| desk.plans(ChipKind::Classic1k, &uid, 1, Protection::Keyed, ProofLevel::Used));
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

    /// A blank whose UID is this serial's.
    fn blank(&self, kind: ChipKind, serial: u32) -> LooseReader {
        let [a, b, c, d] = serial.to_be_bytes();
        let uid = SiliconUid::new(&[4, 1, 2, a, b, c, d]).expect("a UID");
        LooseReader::with_card(Silicon::blank(kind.code().parse::<Kind>().expect("silicon"), uid))
    }

    fn plans(
        &self,
        kind: ChipKind,
        uid: &Uid,
        serial: u32,
        protection: Protection,
        level: ProofLevel,
    ) -> (EncodePlan, ProofPlan) {
        let content = Content {
            number: MemberNumber::new(self.site, serial).expect("a number"),
            library: self.site,
            sequence: 1,
            date: jiff::civil::date(2026, 11, 24).into(),
            key_version: 1,
        };
        let plan = EncodePlan::new(&self.profile, kind, uid, &content, &self.keys, protection).expect("a plan");
        let proof = ProofPlan::new(&plan, level).expect("a proof");
        (plan, proof)
    }

    fn encode(&self, kind: ChipKind, protection: Protection) -> LooseReader {
        let mut reader = self.blank(kind, 1);
        let card = identify(&mut reader).expect("a card");
        let (plan, _) = self.plans(card.kind, &card.uid, 1, protection, ProofLevel::Used);
        encode(&mut reader, &card, &plan, &mut |_| Ok(())).expect("an encoded card");
        reader
    }

    fn issue(&self, mut reader: LooseReader, serial: u32, protection: Protection, level: ProofLevel) -> LooseReader {
        let card = identify(&mut reader).expect("a card");
        let (plan, proof) = self.plans(card.kind, &card.uid, serial, protection, level);
        let done = encode_and_prove(&mut reader, &card, &plan, &proof, &mut |_| Ok(()));
        let (_, proof) = done.expect("a finished card");
        assert_eq!(proof.let_through(), 0);
        reader
    }

    /// Exchanges that the test for clones takes.
    fn screen(&self, kind: ChipKind) -> u32 {
        let mut reader = self.blank(kind, 1);
        let card = identify(&mut reader).expect("a card");
        let before = reader.cost().exchanges;
        screen(&mut reader, &card).expect("a genuine chip");
        reader.cost().exchanges - before
    }
}
