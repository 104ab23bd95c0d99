//! The gate every request goes through: exact Host, our own Origin on every change, the same strict headers
//! on every answer, and a page instead of a bare status. It knows no person and no session; sessions and
//! their csrf tokens are checked in `clerk.rs`. Start at [`guard`].

use std::net::SocketAddr;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, web};

use super::Front;
use super::clerk::behind;
use super::page::refusal_page;
use super::speech::Speech;
use super::whence::whence;
use crate::desk::Session;
use crate::plan::messages::Trouble;

/// Nothing from elsewhere, nothing inline; `blob:` is for the camera's picture of a later issue.
pub const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' blob:; \
connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Under which names this service may be addressed.
pub struct Gate {
    hosts: Vec<String>,
}

impl Gate {
    /// The bound address itself, `localhost` and the names of the settings, all with the port; nothing else resolves to us by
    /// right (a foreign name that was rebound to 127.0.0.1 is refused).
    pub fn new(bound: SocketAddr, further: &[String]) -> Gate {
        let port = bound.port();
        let mut hosts = vec![bound.to_string(), format!("localhost:{port}")];
        if bound.ip().is_unspecified() {
            hosts.push(format!("127.0.0.1:{port}"));
        }
        hosts.extend(further.iter().map(|name| format!("{name}:{port}")));
        if port == 80 {
            hosts.extend([bound.ip().to_string(), "localhost".to_owned()]);
            hosts.extend_from_slice(further);
        }
        Gate { hosts }
    }

    fn knows(&self, host: &str) -> bool {
        self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
    }

    /// Why a request may not pass, or `None`. `absolute` is the authority of an absolute-form request line.
    fn refuses(&self, method: &Method, path: &str, absolute: Option<&str>, headers: &HeaderMap) -> Option<Trouble> {
        let mut named = headers.get_all(header::HOST);
        let host = named.next().and_then(|host| host.to_str().ok());
        let Some(host) = host.filter(|host| self.knows(host)) else { return Some(Trouble::new("web-host")) };
        if named.next().is_some() || absolute.is_some_and(|name| !self.knows(name)) {
            return Some(Trouble::new("web-host"));
        }
        if matches!(*method, Method::GET | Method::HEAD) {
            return asked_from_elsewhere(path, headers).then(|| Trouble::new("web-origin"));
        }
        let origin = headers.get(header::ORIGIN).and_then(|origin| origin.to_str().ok());
        let ours = origin.is_some_and(|origin| origin.eq_ignore_ascii_case(&format!("http://{host}")));
        (!ours).then(|| Trouble::new("web-origin"))
    }
}

/// Whether the page of another site asks for this, as the browser says. Another program's page on this very computer is of the same
/// site to a browser and our cookie goes with what it asks for: it would read nothing, but it would keep a session from ending and
/// fill the log with looks. A link may lead to where one begins. What is no browser, or an old one, says nothing and is let through.
fn asked_from_elsewhere(path: &str, headers: &HeaderMap) -> bool {
    let said = |name: &str| headers.get(name).map(HeaderValue::as_bytes).unwrap_or_default();
    let elsewhere = matches!(said("sec-fetch-site"), b"same-site" | b"cross-site");
    let followed = said("sec-fetch-mode") == b"navigate" && said("sec-fetch-dest") == b"document";
    let begins = matches!(path, "/" | "/desk" | "/login") || path.starts_with("/login/") || path.starts_with("/setup/");
    elsewhere && !(followed && begins)
}

/// Checks the request, lets it through, and dresses the answer.
pub async fn guard(
    front: web::Data<Front>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<actix_web::body::BoxBody>, Error> {
    let absolute = request.uri().authority().map(|name| name.as_str().to_owned());
    let still = request.path().starts_with("/static/");
    if let Some(trouble) = front.gate.refuses(request.method(), request.path(), absolute.as_deref(), request.headers())
    {
        let mut refused = request.into_response(page(&front, None, StatusCode::FORBIDDEN, &trouble));
        dress(refused.headers_mut(), still);
        return Ok(refused);
    }
    let mut answer = next.call(request).await?.map_into_boxed_body();
    if let Some(trouble) = bare(&answer) {
        let status = answer.status();
        let whence = whence(&front, answer.request());
        let session = behind(&front, whence).await;
        answer = answer.into_response(page(&front, session, status, &trouble));
    }
    let still = still && answer.status().is_success();
    dress(answer.headers_mut(), still);
    Ok(answer)
}

/// An error that brought no page of ours with it: no such page, wrong method, malformed path.
fn bare<B>(answer: &ServiceResponse<B>) -> Option<Trouble> {
    let status = answer.status();
    let ours = answer.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if ours || answer.headers().contains_key("x-bare") || !(status.is_client_error() || status.is_server_error()) {
        return None;
    }
    Some(Trouble::new(match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => "web-no-page",
        StatusCode::PAYLOAD_TOO_LARGE => "web-too-large",
        status if status.is_client_error() => "web-request",
        _ => "web-trouble",
    }))
}

fn page(front: &Front, session: Option<Session>, status: StatusCode, trouble: &Trouble) -> HttpResponse {
    let (lang, csrf) = session.map(|session| (session.lang, session.csrf)).unwrap_or_default();
    let page = refusal_page(Speech::of_desk(&front.desk, lang), &csrf, trouble);
    HttpResponse::build(status).content_type("text/html; charset=utf-8").body(page)
}

fn dress(headers: &mut HeaderMap, still: bool) {
    let mut set = |name: header::HeaderName, value: &'static str| headers.insert(name, HeaderValue::from_static(value));
    set(header::CONTENT_SECURITY_POLICY, POLICY);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    // Not `no-referrer`: under it a browser sends `Origin: null` with our own forms. This tells other sites as little.
    set(header::REFERRER_POLICY, "same-origin");
    set(header::X_FRAME_OPTIONS, "DENY");
    // Pages of other ports are of the same site: not even a picture or a style sheet for them, and no hold on our window.
    set(header::CROSS_ORIGIN_RESOURCE_POLICY, "same-origin");
    set(header::CROSS_ORIGIN_OPENER_POLICY, "same-origin");
    // A style sheet may be kept as long as the server says it is the same; a page with persons never.
    set(header::CACHE_CONTROL, if still { "no-cache" } else { "no-store" });
    headers.remove("x-bare");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(
        method: Method,
        absolute: Option<&str>,
        named: &[(header::HeaderName, &'static str)],
    ) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        for (name, value) in named {
            headers.append(name.clone(), HeaderValue::from_static(value));
        }
        let gate = Gate::new(SocketAddr::from(([127, 0, 0, 1], 8470)), &[]);
        gate.refuses(&method, "/members/1", absolute, &headers).map(|trouble| trouble.code)
    }

    #[test]
    fn only_our_own_names_are_answered() {
        let host = |name| refused(Method::GET, None, &[(header::HOST, name)]);
        assert_eq!(host("127.0.0.1:8470"), None);
        assert_eq!(host("LOCALHOST:8470"), None);
        for foreign in
            ["localhost", "127.0.0.1", "127.0.0.1:8471", "evil.example:8470", "127.0.0.1:8470.evil.example", ""]
        {
            assert_eq!(host(foreign), Some("web-host"), "{foreign}");
        }
        assert_eq!(refused(Method::GET, None, &[]), Some("web-host"));
        let twice = [(header::HOST, "127.0.0.1:8470"), (header::HOST, "evil.example")];
        assert_eq!(refused(Method::GET, None, &twice), Some("web-host"));
        assert_eq!(refused(Method::GET, Some("evil.example"), &twice[..1]), Some("web-host"));
    }

    #[test]
    fn a_name_of_the_settings_is_one_of_ours() {
        let names = ["desk.local".to_owned(), "10.0.0.7".to_owned()];
        for (port, host, known) in [
            (8470, "desk.local:8470", true),
            (8470, "Desk.Local:8470", true),
            (8470, "10.0.0.7:8470", true),
            (8470, "desk.local", false),
            (8470, "desk.local:8471", false),
            (8470, "other.desk.local:8470", false),
            (80, "desk.local", true),
        ] {
            assert_eq!(Gate::new(SocketAddr::from(([0, 0, 0, 0], port)), &names).knows(host), known, "{port} {host}");
        }
    }

    #[test]
    fn a_page_of_another_site_may_lead_to_where_one_begins_and_ask_for_nothing() {
        let asked = |path, site: &'static str, mode: &'static str, dest: &'static str| {
            let mut headers = HeaderMap::new();
            for (name, value) in [("sec-fetch-site", site), ("sec-fetch-mode", mode), ("sec-fetch-dest", dest)] {
                headers.insert(header::HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            asked_from_elsewhere(path, &headers)
        };
        for site in ["same-site", "cross-site"] {
            for path in ["/", "/desk", "/login", "/login/en", "/setup/abc"] {
                assert!(!asked(path, site, "navigate", "document"), "{site} {path}");
                assert!(
                    asked(path, site, "navigate", "iframe") && asked(path, site, "no-cors", "image"),
                    "{site} {path}"
                );
            }
            assert!(asked("/members/1", site, "navigate", "document") && asked("/desk/events", site, "cors", "empty"));
        }
        for site in ["same-origin", "none", ""] {
            assert!(
                !asked("/members/1", site, "navigate", "document")
                    && !asked("/static/desk.css", site, "no-cors", "style")
            );
        }
    }

    #[test]
    fn a_change_must_come_from_our_own_page() {
        let post = |origin: Option<&'static str>| {
            let mut named = vec![(header::HOST, "localhost:8470")];
            named.extend(origin.map(|origin| (header::ORIGIN, origin)));
            refused(Method::POST, None, &named)
        };
        assert_eq!(post(Some("http://localhost:8470")), None);
        for foreign in [
            None,
            Some("null"),
            Some("http://127.0.0.1:8470"),
            Some("https://localhost:8470"),
            Some("http://localhost:8471"),
        ] {
            assert_eq!(post(foreign), Some("web-origin"), "{foreign:?}");
        }
        let put = [(header::HOST, "localhost:8470")];
        assert_eq!(refused(Method::DELETE, None, &put), Some("web-origin"));
    }
}
