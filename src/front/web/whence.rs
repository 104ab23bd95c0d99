//! Where a request comes from: its address, and the cookies of our names. Cookies know no port and no program, so any other program of
//! this computer may set one of our name beside ours, which a browser then sends first: all are read here, and the desk looks which
//! one is a session. It judges none. Start at [`whence`].

use actix_web::HttpRequest;
use actix_web::http::header::{COOKIE, HeaderMap};

use super::Front;
use crate::desk::Whence;

/// Where a request came from.
pub fn whence(front: &Front, request: &HttpRequest) -> Whence {
    Whence {
        address: request.peer_addr().map(|peer| peer.ip().to_canonical().to_string()).unwrap_or_default(),
        known_desks: cookies(request.headers(), &front.desk_cookie),
        sessions: cookies(request.headers(), &front.cookie),
    }
}

/// Whether the browser had a session, be it one that ended.
pub fn has_session(front: &Front, request: &HttpRequest) -> bool {
    !cookies(request.headers(), &front.cookie).is_empty()
}

/// The value of every cookie of this name, each once, as it stands in the header: whatever is beside them, in whatever letters,
/// hides none.
fn cookies(headers: &HeaderMap, name: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let pairs = headers.get_all(COOKIE).flat_map(|header| header.as_bytes().split(|byte| *byte == b';'));
    for pair in pairs.filter_map(|pair| std::str::from_utf8(pair.trim_ascii()).ok()) {
        let value = pair.split_once('=').filter(|(known, _)| *known == name).map(|(_, value)| value);
        if let Some(value) = value.filter(|value| !found.iter().any(|known| known == value)) {
            found.push(value.to_owned());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    #[test]
    fn every_cookie_of_a_name_is_found_whatever_stands_beside_it() {
        for (lines, values) in [
            (&[&b"issuer-1=a"[..]][..], &["a"][..]),
            (&[b"issuer-1=x; issuer-1=a"], &["x", "a"]),
            (&[b"issuer-1=a;issuer-1=a ; other=b"], &["a"]),
            (&[b"issuer-1=a", b"issuer-1=b"], &["a", "b"]),
            (&[b"nothing; =; \xff\xfe=\xff; issuer-1=a"], &["a"]),
            (&[b"issuer-1; issuer-12=a; xissuer-1=a; ISSUER-1=a"], &[]),
            (&[b"issuer-1=\"a\"; issuer-1=a=b; issuer-1="], &["\"a\"", "a=b", ""]),
        ] {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(COOKIE, HeaderValue::from_bytes(line).unwrap());
            }
            assert_eq!(cookies(&headers, "issuer-1"), values, "{:?}", headers);
        }
    }
}
