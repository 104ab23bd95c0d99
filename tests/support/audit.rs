//! What a browser did besides what a test looks at: script errors, requests to elsewhere, and whether anything that was typed
//! stands in an address, in the history or in what the service said. Judges only; `browser.rs` asks at the end of every drive.
//! Start at [`requests`].

use std::path::Path;

use serde_json::Value;

use super::Browser;

/// Every address that was asked for, from Chromium's own log, and what its console complained of.
pub async fn requests(browser: &Browser) -> Vec<String> {
    let mut wrong = Vec::new();
    for entry in browser.driver.get_log("browser").await.unwrap_or_default() {
        // That a form was refused or a killed service does not answer is no fault of the page.
        let of_network = entry.source.as_deref() == Some("network");
        if entry.level == "SEVERE" && !of_network {
            wrong.push(format!("the console: {}", entry.message));
        }
    }
    let typed: Vec<String> = personal(&browser.typed.borrow()).map(str::to_owned).collect();
    let log = browser.driver.get_log("performance").await.expect("Chromium's log of requests");
    assert!(!log.is_empty(), "Chromium kept no log of requests");
    for entry in log {
        let event: Value = serde_json::from_str(&entry.message).unwrap_or_default();
        let (method, params) = (&event["message"]["method"], &event["message"]["params"]);
        match method.as_str() {
            // Chromium's own first tab is built into it, and asks for its own parts.
            Some("Network.requestWillBeSent") if params["documentURL"].as_str().is_some_and(built_in) => {}
            Some("Network.requestWillBeSent") => {
                let addresses =
                    [&params["request"]["url"], &params["documentURL"], &params["request"]["headers"]["Referer"]];
                for address in addresses.into_iter().filter_map(Value::as_str) {
                    wrong.extend(complaint(address, &typed));
                }
            }
            Some("Network.responseReceived") => {
                let (status, kind) = (params["response"]["status"].as_u64().unwrap_or(0), &params["type"]);
                if status >= 500 || (status == 404 && kind != "Document") {
                    wrong.push(format!("{status} from {}", params["response"]["url"]));
                }
            }
            _ => {}
        }
    }
    wrong.sort();
    wrong.dedup();
    wrong
}

fn built_in(document: &str) -> bool {
    document.is_empty() || ["chrome://", "chrome-untrusted://"].iter().any(|own| document.starts_with(own))
}

/// What is wrong with asking for this address.
fn complaint(address: &str, typed: &[String]) -> Option<String> {
    let ours = ["http://127.0.0.1:", "http://localhost:"].iter().any(|origin| address.starts_with(origin));
    if !ours && address != "data:," && address != "about:blank" {
        return Some(format!("a request to {address}"));
    }
    let plain = decoded(address);
    typed.iter().find(|text| plain.contains(*text)).map(|text| format!("{text:?} stands in {address}"))
}

/// What a service said that somebody had typed.
pub fn service(browser: &Browser) -> Vec<String> {
    let said: String = browser.heard.borrow().iter().map(|hear| hear()).collect();
    let typed = browser.typed.borrow();
    personal(&typed).filter(|text| said.contains(text)).map(|text| format!("the service said {text:?}")).collect()
}

/// What stands in the history of a browser that has ended, plain, percent-encoded or as UTF-16.
pub fn history(home: &Path, typed: &[String]) -> Vec<String> {
    let folder = home.join("profile/Default");
    let files = std::fs::read_dir(&folder).into_iter().flatten().flatten();
    let files = files.filter(|file| file.file_name().to_string_lossy().contains("History"));
    let bytes: Vec<u8> = files.flat_map(|file| std::fs::read(file.path()).unwrap_or_default()).collect();
    let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|part| part == needle);
    let stands = |text: &&str| {
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        holds(text.as_bytes()) || holds(encoded(text).as_bytes()) || holds(&wide)
    };
    personal(typed).filter(stands).map(|text| format!("{text:?} stands in the history")).collect()
}

/// What may name somebody: no letter or two, and no amount or code of a library, which may stand in an address (or in its port).
fn personal(typed: &[String]) -> impl Iterator<Item = &str> {
    let figure = |text: &str| text.len() <= 6 && text.bytes().all(|b| b.is_ascii_digit());
    typed.iter().map(String::as_str).filter(move |text| text.chars().count() >= 3 && !figure(text))
}

fn encoded(text: &str) -> String {
    let byte = |b: u8| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") };
    text.bytes().map(byte).collect()
}

fn decoded(address: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = address.as_bytes();
    while let [first, after @ ..] = rest {
        let escape = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match (first, escape.and_then(|hex| u8::from_str_radix(hex, 16).ok())) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_elsewhere_or_with_a_person_in_it_is_complained_of() {
        let typed = ["홍길동".to_owned(), "01012345678".to_owned()];
        for (address, fine) in [
            ("http://127.0.0.1:8470/members/1", true),
            ("http://localhost:8470/static/desk.css", true),
            ("data:,", true),
            ("http://127.0.0.1:8470/find?q=%ED%99%8D%EA%B8%B8%EB%8F%99", false),
            ("http://127.0.0.1:8470/find?q=01012345678", false),
            ("https://fonts.example/a.css", false),
            ("data:text/html,x", false),
        ] {
            assert_eq!(complaint(address, &typed).is_none(), fine, "{address}");
        }
        let typed = ["121003", "100", "30", "홍길동"].map(str::to_owned);
        assert_eq!(personal(&typed).collect::<Vec<_>>(), ["홍길동"]);
    }
}
