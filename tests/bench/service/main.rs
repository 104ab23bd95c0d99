//! The service and the command line over 100,000 members: how soon `serve` listens, how much memory stays resident, how
//! long a clerk waits for a search and a script for a command, and how long for a page while fifty others work;
//! beside a million entries of the log, and beside ten thousand wrong passwords. The built binary, in processes of its own.
//! `cargo bench --bench service`. Ends with 1 when a limit is missed. Start at [`main`].

mod crowd;
mod flood;
#[allow(dead_code)]
#[path = "../../support/desk.rs"]
mod house;
mod log;
mod page;
mod sessions;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use house::Desk as House;
use issuer::desk::{self, Actor, Assets, Desk, Opening};

const MEMBERS: u32 = 100_000;
const READY_LIMIT: f64 = 300.0;
const RESIDENT_LIMIT: f64 = 64.0;
const STARTS: usize = 10;

fn main() -> ExitCode {
    let house = House::new();
    house.run(&["init"]).done();
    let began = Instant::now();
    let crowd = crowd::fill(&house.path("var/issuer.db"), MEMBERS);
    println!("{MEMBERS} members with cards, written in {:.1} s", began.elapsed().as_secs_f64());
    log::fill(&house.path("var/issuer.db"), MEMBERS);
    finding(&house, &crowd);
    commands(&house, &crowd);
    let issued = peak_of_issue(&house, crowd.without_card[0]);
    println!(
        "peak of one `issue`        {issued:.1} MiB  {:.2} of the limit of {RESIDENT_LIMIT}",
        issued / RESIDENT_LIMIT
    );
    let ready = ready(&house);
    let resident = resident(&house, crowd.without_card[STARTS + 1]);
    let slowest = sessions::pages(&house.serve(), &crowd);
    let review = log::reviews(&house.serve());
    log::verified(&house);
    let withstood = flood::withstood(&house.serve(), &house.path("var/issuer.db"));
    let slow = slowest > sessions::LIMIT || review > log::LIMIT;
    if ready <= READY_LIMIT && resident.max(issued) <= RESIDENT_LIMIT && !slow && withstood {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// From the start of the process to `listening on`, in milliseconds: the middle one.
fn ready(house: &House) -> f64 {
    let times = sorted((0..STARTS).map(|_| {
        let began = Instant::now();
        let service = house.serve();
        let ready = milliseconds(began);
        service.running.kill();
        ready
    }));
    let middle = times[STARTS / 2];
    println!(
        "service ready              {middle:.1} ms  ({:.1} to {:.1} in {STARTS} starts)  {:.2} of the limit of {READY_LIMIT} ms",
        times[0],
        times[STARTS - 1],
        middle / READY_LIMIT
    );
    middle
}

/// What a service keeps in memory when it has just begun to listen, and after a card was issued on its page, in MiB.
fn resident(house: &House, member: i64) -> f64 {
    let service = house.serve();
    let now = || memory(service.running.id(), "VmRSS").expect("a living service");
    let idle = now();
    page::issue(&service, member);
    let issued = now();
    for (when, memory) in [("idle           ", idle), ("after one issue", issued)] {
        println!(
            "service, {when}   {memory:.1} MiB  {:.2} of the limit of {RESIDENT_LIMIT} MiB",
            memory / RESIDENT_LIMIT
        );
    }
    idle.max(issued)
}

/// The most that one `issue` of the command line ever had resident, in MiB. At the pace of a real reader, so that
/// there is time to look.
fn peak_of_issue(house: &House, member: i64) -> f64 {
    let mut command = house.command();
    command.env("ISSUER__SIMULATOR__TIMING", "acr122u").args(["issue", &member.to_string(), "--json"]);
    let mut child = command.spawn().expect("the built binary");
    let mut peak = 0.0;
    // A process that has ended has no memory to tell of, and its last word stands.
    while let Some(now) = memory(child.id(), "VmHWM") {
        peak = now;
    }
    assert!(child.wait().expect("its end").success());
    peak
}

/// A line of `/proc/PID/status` in MiB; `None` when the process has ended.
fn memory(process: u32, line: &str) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let found = status.lines().find_map(|text| text.strip_prefix(line)?.strip_prefix(':'))?;
    found.trim().strip_suffix("kB")?.trim().parse::<f64>().ok().map(|kilobytes| kilobytes / 1024.0)
}

/// Searching among all members within one process, as the page does it, the log entry for what is shown included.
fn finding(house: &House, crowd: &crowd::Crowd) {
    let file = house.path("issuer.toml");
    std::fs::write(&file, "").expect("a settings file");
    let settings = desk::settings(Some(&file)).expect("the embedded settings");
    let opened = sorted((0..STARTS).map(|_| {
        let (settings, assets) = (settings.clone(), Assets::new(Some(settings.templates())));
        let began = Instant::now();
        Desk::open(settings, assets, Opening::Existing).expect("a desk");
        milliseconds(began)
    }));
    println!("desk opened, every room    {}", spread(&opened));
    let desk =
        Desk::open(settings.clone(), Assets::new(Some(settings.templates())), Opening::Existing).expect("a desk");
    let actor = Actor::command_line("bench");
    for (what, texts) in crowd.questions() {
        let mut hits = 0;
        let times = sorted(texts.iter().map(|text| {
            let began = Instant::now();
            hits += desk::find(&desk, &actor, text).expect("an answer").hits.len();
            milliseconds(began)
        }));
        println!("  find by {what:<18} {}  {:.1} shown", spread(&times), hits as f64 / texts.len() as f64);
    }
}

/// Whole processes, as a script waits for them.
fn commands(house: &House, crowd: &crowd::Crowd) {
    let time = |arguments: &[&str]| {
        let began = Instant::now();
        house.run(arguments).done();
        milliseconds(began)
    };
    let number = &crowd.numbers[7];
    let name = &crowd.names[7];
    let decoded = sorted((0..STARTS).map(|_| time(&["number", "decode", number, "--json"])));
    println!("issuer number decode       {}", spread(&decoded));
    let found = sorted((0..STARTS).map(|_| time(&["member", "find", name, "--json"])));
    println!("issuer member find         {}", spread(&found));
    let members: Vec<String> = crowd.without_card[1..=STARTS].iter().map(i64::to_string).collect();
    let issued = sorted(members.iter().map(|member| time(&["issue", member, "--json"])));
    println!("issuer issue               {}", spread(&issued));
}

fn milliseconds(began: Instant) -> f64 {
    began.elapsed().max(Duration::from_nanos(1)).as_secs_f64() * 1e3
}

fn sorted(times: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut times: Vec<f64> = times.collect();
    times.sort_by(f64::total_cmp);
    times
}

fn spread(sorted: &[f64]) -> String {
    let at = |of_hundred: usize| sorted[(sorted.len() * of_hundred / 100).min(sorted.len() - 1)];
    format!("p50 {:.2} ms  p99 {:.2} ms", at(50), at(99))
}
