//! The style sheet, the scripts and the icon, embedded or overridden beside the settings. Six files by name;
//! nothing else can be asked for.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use super::Front;

const FILES: [(&str, &str); 6] = [
    ("close.js", "text/javascript; charset=utf-8"),
    ("desk.css", "text/css; charset=utf-8"),
    ("desk.js", "text/javascript; charset=utf-8"),
    ("enrol.js", "text/javascript; charset=utf-8"),
    ("typing.js", "text/javascript; charset=utf-8"),
    ("mark.svg", "image/svg+xml"),
];

/// `GET /static/{name}`.
pub async fn file(front: web::Data<Front>, request: HttpRequest, name: web::Path<String>) -> HttpResponse {
    let Some((name, kind)) = FILES.into_iter().find(|(known, _)| *known == name.as_str()) else {
        return HttpResponse::NotFound().finish();
    };
    let read = web::block(move || front.desk.assets.bytes(&format!("static/{name}")));
    let Ok(Ok(bytes)) = read.await else { return HttpResponse::NotFound().finish() };
    let mark = format!("\"{:x}-{:x}\"", bytes.len(), sum(&bytes));
    if request.headers().get(header::IF_NONE_MATCH).is_some_and(|had| had.as_bytes() == mark.as_bytes()) {
        return HttpResponse::NotModified().finish();
    }
    HttpResponse::Ok().content_type(kind).insert_header((header::ETAG, mark)).body(bytes.into_owned())
}

/// FNV-1a: enough to see that a file is another one.
fn sum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}
