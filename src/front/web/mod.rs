//! The page: routes, sessions, csrf, server-sent events, askama pages. Handlers parse, ask the desk and draw its
//! answer; they hold no rules. The list of routes below is the map: one file a noun. Start at [`serve`].

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::middleware::from_fn;
use actix_web::web::{ServiceConfig, get, post, resource};
use actix_web::{App, HttpServer, web};

use crate::desk::Desk;
use crate::plan::messages::Trouble;

mod clerk;
mod codes;
mod devices;
mod doctor;
mod enrol;
mod events;
mod files;
mod find;
mod guard;
mod jobs;
mod log_in;
mod members;
mod page;
mod parts;
mod pictures;
mod say;
mod set_up;
mod speech;
mod training;
mod tray;

#[cfg(test)]
mod route_tests;
#[cfg(test)]
mod word_tests;

/// Forms are a few short fields; nothing longer is read.
const LARGEST_FORM: usize = 16 * 1024;

/// What every handler shares.
pub struct Front {
    pub desk: Arc<Desk>,
    pub gate: guard::Gate,
    /// The session cookie's name. It names the port, since cookies do not: a training desk beside the real one
    /// keeps its own sessions.
    pub cookie: String,
    pub touches: clerk::Touches,
}

impl Front {
    fn new(desk: Arc<Desk>, bound: SocketAddr) -> Front {
        let touches = clerk::Touches::new(desk.settings.web.idle_minutes);
        Front { desk, gate: guard::Gate::new(bound), cookie: format!("issuer-{}", bound.port()), touches }
    }
}

/// Every route there is.
fn routes(map: &mut ServiceConfig) {
    map.service(resource("/").to(|| async { clerk::see_other("/desk") }))
        .service(resource("/static/{name}").route(get().to(files::file)))
        .service(resource("/setup/{token}").route(get().to(set_up::show)).route(post().to(set_up::set_up)))
        .service(resource("/setup/{token}/{lang}").route(get().to(set_up::show)))
        .service(resource("/login").route(get().to(log_in::show)).route(post().to(log_in::log_in)))
        .service(resource("/login/{lang}").route(get().to(log_in::show)))
        .service(resource("/logout").route(get().to(find::back)).route(post().to(log_in::log_out)))
        .service(resource("/lang").route(get().to(find::back)).route(post().to(log_in::lang)))
        .service(resource("/clerk").route(get().to(log_in::clerk)))
        .service(resource("/desk").route(get().to(find::desk)))
        .service(resource("/find").route(get().to(find::back)).route(post().to(find::find)))
        .service(resource("/found/{id}").route(get().to(find::found)))
        .service(resource("/enrol").route(get().to(enrol::begin)).route(post().to(enrol::first)))
        .service(resource("/enrol/{id}").route(get().to(enrol::person)).route(post().to(enrol::person_again)))
        .service(resource("/enrol/{id}/consent").route(get().to(enrol::consent)).route(post().to(enrol::consent_sent)))
        .service(resource("/enrol/{id}/card").route(get().to(enrol::card)).route(post().to(enrol::card_sent)))
        .service(resource("/enrol/{id}/card/events").route(get().to(events::ready)))
        .service(resource("/enrol/{id}/card.png").route(get().to(pictures::draft)))
        .service(resource("/enrol/{id}/leave").route(get().to(find::back)).route(post().to(enrol::leave)))
        .service(resource("/members/{id}").route(get().to(members::show)))
        .service(resource("/members/{id}/seen").route(get().to(members::back)).route(post().to(members::seen)))
        .service(resource("/members/{id}/issue").route(get().to(members::back)).route(post().to(members::issue)))
        .service(resource("/jobs/{id}").route(get().to(jobs::show)))
        .service(resource("/jobs/{id}/events").route(get().to(events::job)))
        .service(resource("/jobs/{id}/told/{told}").route(get().to(jobs::show_told)))
        .service(resource("/jobs/{id}/told/{told}/events").route(get().to(events::job_told)))
        .service(resource("/jobs/{id}/card.png").route(get().to(pictures::job)))
        .service(resource("/jobs/{id}/resume").route(get().to(jobs::back)).route(post().to(jobs::resume)))
        .service(resource("/jobs/{id}/new-card").route(get().to(jobs::back)).route(post().to(jobs::new_card)))
        .service(resource("/jobs/{id}/other-reader").route(get().to(jobs::back)).route(post().to(jobs::other_reader)))
        .service(resource("/jobs/{id}/print").route(get().to(jobs::back)).route(post().to(jobs::print)))
        .service(resource("/jobs/{id}/fate").route(get().to(jobs::back)).route(post().to(jobs::fate)))
        .service(resource("/jobs/{id}/scan").route(get().to(jobs::back)).route(post().to(jobs::scan)))
        .service(resource("/jobs/{id}/leave").route(get().to(jobs::back)).route(post().to(jobs::leave)))
        .service(resource("/jobs/{id}/cancel").route(get().to(jobs::ask_cancel)).route(post().to(jobs::cancel)))
        .service(resource("/codes").route(get().to(codes::show)).route(post().to(codes::find)))
        .service(resource("/codes/found/{id}").route(get().to(codes::found)))
        .service(resource("/codes/{code}").route(get().to(codes::library)))
        .service(resource("/devices").route(get().to(devices::show)))
        .service(resource("/devices/events").route(get().to(events::devices)))
        .service(resource("/doctor").route(get().to(doctor::show)))
        .service(resource("/events").route(get().to(events::frame)))
        .service(resource("/training").route(get().to(training::show)))
        .service(resource("/training/anew").route(get().to(find::back)).route(post().to(training::anew)))
        .service(resource("/tray").route(get().to(find::back)).route(post().to(tray::act)));
}

/// The service on `listen` until the process is told to end. `on_ready` hears the bound address, once.
pub fn serve(desk: Arc<Desk>, listen: SocketAddr, on_ready: impl FnOnce(SocketAddr)) -> Result<(), Trouble> {
    let refused = |fault: std::io::Error| Trouble::new("web-listen").with("address", listen).with("reason", fault);
    let listener = TcpListener::bind(listen).map_err(refused)?;
    let bound = listener.local_addr().map_err(refused)?;
    let front = web::Data::new(Front::new(desk, bound));
    let app = move || {
        App::new()
            .app_data(front.clone())
            .app_data(web::FormConfig::default().limit(LARGEST_FORM))
            .app_data(web::PayloadConfig::new(LARGEST_FORM))
            .wrap(from_fn(guard::guard))
            .configure(routes)
    };
    actix_web::rt::System::new().block_on(async move {
        let server = HttpServer::new(app).workers(2).shutdown_timeout(1).listen(listener).map_err(refused)?;
        let running = server.run();
        on_ready(bound);
        running.await.map_err(refused)
    })
}
