//! Debian's Chromium, driven as a clerk's hands would: keys, Tab, Enter, F2; it looks for texts and takes pictures.
//! Two at a time, each with a home of its own, and no look-up outside this machine. Waits for facts with an end.
//! Every drive ends with the audit of `audit.rs`: no script error, no request outside, nothing typed where it must not stand.
//! Start at [`drive`].

// The test binary that drives pages uses what it needs of it.
#![allow(dead_code)]

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use futures_util::FutureExt;
use thirtyfour::LoggingPrefsLogLevel;
use thirtyfour::extensions::query::ElementQueryable;
use thirtyfour::manager::BrowserKind;
use thirtyfour::prelude::*;
use tokio::sync::{Semaphore, SemaphorePermit};

#[path = "audit.rs"]
mod audit;

pub use thirtyfour::Key;

/// More at once starve each other on two cores; whatever else is as heavy waits for a turn here too.
pub static TURNS: Semaphore = Semaphore::const_new(2);

const CHROMIUM: &str = "/usr/lib/chromium/chromium";
const DRIVER: &str = "/usr/bin/chromedriver";
/// The longest wait for a fact on a page; a debug build beside a second Chromium is slow.
const LIMIT: Duration = Duration::from_secs(20);
/// Between two looks for a fact, so that the looking does not take a core.
const BETWEEN: Duration = Duration::from_millis(20);
/// Marks the page that a key may leave: [`Browser::arrives`] takes it for no answer to that key, though it may have the same address.
const LEAVES: &str =
    "window.left = location.href; addEventListener('pageshow', () => { delete window.left; }); return ''";

/// Opens a browser, lets the test drive it, and ends it whatever happens; gives what it left on disk. A test that fails
/// shows the page as it stood then. (A browser that a panic merely drops waits two minutes for an answer.)
///
///     let traces = browser::drive(&[], async |browser| { browser.go(&url).await; … });
pub fn drive(flags: &[&str], visit: impl AsyncFnOnce(&Browser)) -> Traces {
    let (traces, wrong) = drive_and_tell(flags, visit);
    assert!(wrong.is_empty(), "what the browser did besides:\n{}", wrong.join("\n"));
    traces
}

/// The same, and what the audit found.
pub fn drive_and_tell(flags: &[&str], visit: impl AsyncFnOnce(&Browser)) -> (Traces, Vec<String>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let browser = Browser::open(flags).await;
        let outcome = AssertUnwindSafe(visit(&browser)).catch_unwind().await;
        if outcome.is_err() {
            eprintln!("the page when the test failed:\n{}", browser.page().await);
        }
        let mut wrong = audit::requests(&browser).await;
        wrong.extend(audit::service(&browser));
        let typed = browser.typed.take();
        let traces = browser.close().await;
        outcome.unwrap_or_else(|panic| resume_unwind(panic));
        wrong.extend(audit::history(traces.home.path(), &typed));
        (traces, wrong)
    })
}

/// One Chromium with one window of 1366 × 768.
pub struct Browser {
    pub driver: WebDriver,
    home: tempfile::TempDir,
    _turn: SemaphorePermit<'static>,
    /// What was typed: none of it may stand in an address, in the history or in what a service says.
    typed: RefCell<Vec<String>>,
    /// What the services said that pages came from.
    heard: RefCell<Vec<Box<dyn Fn() -> String>>>,
}

impl Browser {
    /// Waits for its turn, then starts. `flags` come on top of the usual ones (a fake camera, dark colours).
    async fn open(flags: &[&str]) -> Browser {
        for (file, package) in [(CHROMIUM, "chromium"), (DRIVER, "chromium-driver")] {
            assert!(
                Path::new(file).exists(),
                "{file} is missing (install it: apt-get install {package}, or hardware/setup.sh --test)"
            );
        }
        let turn = TURNS.acquire().await.expect("the semaphore is never closed");
        let home = tempfile::Builder::new().prefix("issuer-browser-").tempdir().expect("a temporary folder");
        let folder = home.path().to_str().expect("a path in UTF-8").to_owned();
        let mut wanted = DesiredCapabilities::chrome();
        wanted.set_binary(CHROMIUM).expect("a capability");
        for log in ["browser", "performance"] {
            wanted.set_logging_prefs(log, LoggingPrefsLogLevel::All).expect("a capability");
        }
        let profile = format!("--user-data-dir={folder}/profile");
        for flag in usual_flags().into_iter().chain([profile.as_str()]).chain(flags.iter().copied()) {
            wanted.add_arg(flag).expect("a capability");
        }
        // Through env, for chromedriver and Chromium would leave their things in the home and /tmp of the machine.
        let driver = WebDriver::managed(wanted)
            .driver_binary(BrowserKind::Chrome, "/usr/bin/env")
            .driver_arg(BrowserKind::Chrome, format!("HOME={folder}"))
            .driver_arg(BrowserKind::Chrome, format!("TMPDIR={folder}"))
            .driver_arg(BrowserKind::Chrome, DRIVER)
            .ready_timeout(Duration::from_secs(30))
            .offline()
            .await
            .unwrap_or_else(|fault| panic!("Chromium does not start: {fault}"));
        let (typed, heard) = Default::default();
        let browser = Browser { driver, home, _turn: turn, typed, heard };
        browser.viewport(1366, 768).await;
        browser
    }

    /// The inner size of the window, exactly.
    pub async fn viewport(&self, width: u32, height: u32) {
        let size = serde_json::json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.driver.cdp().send_raw("Emulation.setDeviceMetricsOverride", size).await.expect("the viewport");
    }

    pub async fn go(&self, url: &str) {
        self.driver.goto(url).await.unwrap_or_else(|fault| panic!("{url}: {fault}"));
    }

    /// Types into whatever has the focus, key by key, as a keyboard does. Hangul comes as whole syllables.
    pub async fn keys(&self, text: &str) {
        self.types(text);
        self.driver.action_chain().send_keys(text).perform().await.unwrap_or_else(|fault| panic!("typing: {fault}"));
    }

    /// This is a person's, or a secret: it is looked for at the end.
    pub fn types(&self, text: &str) {
        self.typed.borrow_mut().push(text.trim().to_owned());
    }

    /// A service that pages come from: what it says is looked through at the end.
    pub fn hears(&self, service: impl Fn() -> String + 'static) {
        self.heard.borrow_mut().push(Box::new(service));
    }

    /// Presses one key: `browser.press(Key::Tab)`, `Key::Enter`, `Key::F2`. Enter and Escape go to the page directly: they may
    /// leave it, and chromedriver would press them once more on the next one. Enter is not pressed before the page takes it.
    pub async fn press(&self, key: Key) {
        match key {
            Key::Enter => {
                self.stands().await;
                return self.press_enter().await;
            }
            Key::Escape => {
                self.asks(LEAVES).await;
                return self.strike("Escape", 27, "").await;
            }
            _ => {}
        }
        let name = format!("{key:?}");
        self.driver.action_chain().send_keys(key).perform().await.unwrap_or_else(|fault| panic!("{name}: {fault}"));
    }

    /// Enter at once, as a key that bounces presses it.
    pub async fn press_enter(&self) {
        self.strike("Enter", 13, "\r").await;
    }

    /// One key down and up, past chromedriver's own keyboard.
    async fn strike(&self, key: &str, code: u32, text: &str) {
        for (kind, text) in [("keyDown", text), ("keyUp", "")] {
            let event =
                serde_json::json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text});
            self.driver
                .cdp()
                .send_raw("Input.dispatchKeyEvent", event)
                .await
                .unwrap_or_else(|fault| panic!("{key}: {fault}"));
        }
    }

    /// What a bar-code scanner does, wherever the focus is: every character, then Enter, five milliseconds apart.
    pub async fn scans(&self, text: &str) {
        self.strikes(text, 5.0).await;
    }

    /// Keys and Enter so many milliseconds apart. The times go with the keys, so that a busy machine makes no scanner a typist.
    pub async fn strikes(&self, text: &str, apart: f64) {
        self.types(text);
        self.leaves().await;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock").as_secs_f64();
        // What was typed before it was typed by hands, and well before.
        let began = now + 0.3;
        for (at, c) in text.chars().chain(['\r']).enumerate() {
            let key = if c == '\r' { "Enter".to_owned() } else { c.to_string() };
            let (code, time) = (c.to_ascii_uppercase() as u32, began + at as f64 * apart / 1000.0);
            for (kind, text) in [("keyDown", c.to_string()), ("keyUp", String::new())] {
                let event = serde_json::json!({"type": kind, "key": key, "text": text, "windowsVirtualKeyCode": code, "timestamp": time});
                self.driver
                    .cdp()
                    .send_raw("Input.dispatchKeyEvent", event)
                    .await
                    .unwrap_or_else(|fault| panic!("{key}: {fault}"));
            }
        }
    }

    /// Waits until the page that came, or the band that took the focus, has been there long enough for Enter to be meant.
    async fn stands(&self) {
        self.says("return document.body !== null && !('fresh' in document.body.dataset)", "true").await;
        self.asks(LEAVES).await;
    }

    /// Presses a key while Alt is held (`accesskey`).
    pub async fn alt(&self, key: char) {
        let chain = self.driver.action_chain().key_down(Key::Alt).send_keys(key.to_string()).key_up(Key::Alt);
        chain.perform().await.unwrap_or_else(|fault| panic!("Alt {key}: {fault}"));
    }

    /// Puts the focus on the element of this id, as a pointer would.
    pub async fn focus(&self, id: &str) {
        let at = self.asks(&format!("document.getElementById('{id}').focus(); return document.activeElement.id")).await;
        assert_eq!(at, id, "the focus");
    }

    /// Enter on the element of this id, wherever the focus is.
    pub async fn enter_on(&self, id: &str) {
        self.focus(id).await;
        self.press(Key::Enter).await;
    }

    /// What a script of the test's own says as text, on a page that is there: one that is just coming has not all its parts.
    pub async fn asks(&self, script: &str) -> String {
        self.says("return document.readyState !== 'loading'", "true").await;
        let said = self.driver.execute(script, Vec::new()).await.unwrap_or_else(|fault| panic!("{script}: {fault}"));
        text_of(said.json())
    }

    /// What comes now may lead to another page, or to this one anew: [`Browser::arrives`] waits for that.
    pub async fn leaves(&self) {
        self.asks(LEAVES).await;
    }

    /// Waits until a script of the test's own says this: what a key sets off may come a moment after the key.
    pub async fn says(&self, script: &str, wanted: &str) {
        let mut said = String::new();
        let end = Instant::now() + LIMIT;
        while Instant::now() < end {
            // A script that a page takes along as it leaves has said nothing.
            said = match self.driver.execute(script, Vec::new()).await {
                Ok(answer) => text_of(answer.json()),
                Err(fault) => fault.to_string(),
            };
            if said == wanted {
                return;
            }
            tokio::time::sleep(BETWEEN).await;
        }
        panic!("{script}: {said:?}, never {wanted:?}");
    }

    /// Waits until the element that the selector finds shows this text (a part of it).
    pub async fn sees(&self, selector: &str, text: &str) -> WebElement {
        let wanted = text.to_owned();
        let query = self.driver.query(By::Css(selector)).wait(LIMIT, BETWEEN);
        let query = query.with_filter(move |element: WebElement| {
            let wanted = wanted.clone();
            async move { Ok(element.text().await.is_ok_and(|shown| shown.contains(&wanted))) }
        });
        match query.first().await {
            Ok(element) => element,
            Err(_) => {
                let shown = match self.driver.find(By::Css(selector)).await {
                    Ok(element) => element.text().await.unwrap_or_default(),
                    Err(_) => "no such element".to_owned(),
                };
                panic!("{selector} never showed {text:?} within {LIMIT:?}, but {shown:?}")
            }
        }
    }

    /// Waits until a page has followed whose address holds this part: a form was sent. The page that Enter or Escape was pressed on
    /// is not taken for it, as long as it stands at the same address.
    pub async fn arrives(&self, part: &str) {
        let end = Instant::now() + LIMIT;
        let mut at = String::new();
        while Instant::now() < end {
            let script =
                "return [location.href, window.left === location.href ? 'left' : document.readyState].join(' ')";
            at = match self.driver.execute(script, Vec::new()).await {
                Ok(said) => text_of(said.json()),
                Err(fault) => fault.to_string(),
            };
            if at
                .split_once(' ')
                .is_some_and(|(url, page)| url.contains(part) && matches!(page, "interactive" | "complete"))
            {
                return;
            }
            tokio::time::sleep(BETWEEN).await;
        }
        panic!("still at {at}, never at {part}");
    }

    /// Address, title and visible text: what a failure shows.
    pub async fn page(&self) -> String {
        let url = self.driver.current_url().await.map(|url| url.to_string()).unwrap_or_default();
        let title = self.driver.title().await.unwrap_or_default();
        let body = match self.driver.find(By::Css("body")).await {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(fault) => fault.to_string(),
        };
        format!("{url}\n{title}\n{body}")
    }

    /// Waits until the keyboard stands there: the `id` of what has the focus, else its `name`, else its tag.
    pub async fn focused(&self, wanted: &str) {
        self.says("const e = document.activeElement; return e.id || e.name || e.localName", wanted).await;
    }

    /// A picture of the window.
    pub async fn screenshot(&self, file: &Path) {
        self.driver.screenshot(file).await.unwrap_or_else(|fault| panic!("{}: {fault}", file.display()));
    }

    /// A picture for the README: into `$ISSUER_PICTURES/NAME.png`, or none where that is not set.
    pub async fn picture(&self, name: &str) {
        if let Some(folder) = std::env::var_os("ISSUER_PICTURES") {
            self.screenshot(&Path::new(&folder).join(format!("{name}.png"))).await;
        }
    }

    /// Ends Chromium and gives what it left on disk, to look for traces in.
    async fn close(self) -> Traces {
        self.driver.quit().await.unwrap_or_else(|fault| panic!("Chromium does not end: {fault}"));
        Traces { home: self.home }
    }
}

fn text_of(said: &serde_json::Value) -> String {
    said.as_str().map_or_else(|| said.to_string(), str::to_owned)
}

/// What a browser that has ended left in its home.
pub struct Traces {
    home: tempfile::TempDir,
}

impl Traces {
    /// The files that hold this text, as UTF-8, UTF-16 or percent-encoded; paths relative to the home. The history is
    /// `profile/Default/History`; a page's own cache is another matter than an address.
    pub fn of(&self, text: &str) -> Vec<PathBuf> {
        let percent: String = text
            .bytes()
            .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
            .collect();
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let needles = [text.as_bytes().to_vec(), percent.into_bytes(), wide];
        let mut found = Vec::new();
        let mut folders = vec![self.home.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
                let Ok(kind) = entry.file_type() else { continue };
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if kind.is_file() {
                    let bytes = std::fs::read(entry.path()).unwrap_or_default();
                    if needles.iter().any(|needle| bytes.windows(needle.len()).any(|part| part == needle)) {
                        let path = entry.path();
                        found.push(path.strip_prefix(self.home.path()).unwrap_or(&path).to_owned());
                    }
                }
            }
        }
        found.sort();
        found
    }
}

fn usual_flags() -> [&'static str; 10] {
    [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    ]
}
