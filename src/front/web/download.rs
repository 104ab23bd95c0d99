//! A file that leaves by the browser: to be kept, never to be shown or cached, piece by piece, so that a large one is never in
//! memory. Start at [`download`].

use std::fs::File;
use std::io::Read;

use actix_web::body::SizedStream;
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use futures_util::stream;

use crate::desk::SheetFile;

const PIECE: usize = 64 * 1024;

/// The answer that hands it out. Its name is our own: letters, digits, `-` and `.`.
pub fn download(sheet: SheetFile) -> HttpResponse {
    let name = format!("attachment; filename=\"{}\"", sheet.name);
    let pieces = stream::unfold(Some(sheet.file), |file| async move {
        let file = file?;
        let read = web::block(move || piece(file)).await.map_err(std::io::Error::other);
        match read.and_then(|read| read) {
            Ok((_, bytes)) if bytes.is_empty() => None,
            Ok((file, bytes)) => Some((Ok(web::Bytes::from(bytes)), Some(file))),
            Err(fault) => Some((Err(fault), None)),
        }
    });
    HttpResponse::Ok()
        .content_type(sheet.media_type)
        .insert_header((header::CONTENT_DISPOSITION, name))
        .body(SizedStream::new(sheet.length, Box::pin(pieces)))
}

fn piece(mut file: File) -> std::io::Result<(File, Vec<u8>)> {
    let mut bytes = Vec::with_capacity(PIECE);
    file.by_ref().take(PIECE as u64).read_to_end(&mut bytes)?;
    Ok((file, bytes))
}
