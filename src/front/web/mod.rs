//! The page: routes, sessions, csrf, server-sent events, askama pages. Handlers parse, ask the desk and draw its
//! answer; they hold no rules. The list of routes below is the map: one file a noun. Start at [`serve`].

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::middleware::from_fn;
use actix_web::web::{ServiceConfig, get, post, resource};
use actix_web::{App, HttpServer, web};

use crate::desk::Desk;
use crate::plan::messages::Trouble;

mod access;
mod account;
mod approval;
mod block;
mod charges;
mod clerk;
mod close;
mod codes;
mod convert;
mod day;
mod devices;
mod doctor;
mod doors;
mod download;
mod draft;
mod edit;
mod enrol;
mod events;
mod files;
mod find;
mod found_card;
mod guard;
mod history;
mod imports;
mod jobs;
mod journal;
mod kept;
mod log_in;
mod members;
mod page;
mod parts;
mod pictures;
mod receipts;
mod reissue;
mod report_plots;
mod reports;
mod rights;
mod say;
mod seek;
mod set_up;
mod sheet;
mod slip;
mod speech;
mod staff;
mod stock;
mod touches;
mod training;
mod tray;
mod whence;
mod withdraw;
mod work;

#[cfg(test)]
mod approval_tests;
#[cfg(test)]
mod money_word_tests;
#[cfg(test)]
mod right_tests;
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
    /// The cookie of a browser in which somebody has logged in.
    pub desk_cookie: String,
    pub touches: touches::Touches,
}

impl Front {
    fn new(desk: Arc<Desk>, bound: SocketAddr) -> Front {
        let touches = touches::Touches::new(desk.settings.web.idle_minutes);
        let gate = guard::Gate::new(bound, &desk.settings.web.hosts);
        Front {
            desk,
            gate,
            cookie: format!("issuer-{}", bound.port()),
            desk_cookie: format!("issuer-desk-{}", bound.port()),
            touches,
        }
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
        .service(resource("/active").route(get().to(find::back)).route(post().to(log_in::active)))
        .service(resource("/clerk").to(|| async { clerk::see_other("/account") }))
        .service(resource("/account").route(get().to(account::show)))
        .service(resource("/account/password").route(get().to(account::back)).route(post().to(account::password)))
        .service(resource("/account/sessions/end").route(get().to(account::back)).route(post().to(account::end_others)))
        .service(resource("/account/sessions/{id}/end").route(get().to(account::back)).route(post().to(account::end)))
        .service(resource("/desk").route(get().to(find::desk)))
        .service(resource("/find").route(get().to(find::back)).route(post().to(find::find)))
        .service(resource("/found/{id}").route(get().to(find::found)))
        .service(resource("/desk/events").route(get().to(events::desk)))
        .service(resource("/found/card/{id}").route(get().to(found_card::show)))
        .service(
            resource("/found/card/{id}/recover")
                .route(get().to(found_card::back))
                .route(post().to(found_card::recover)),
        )
        .service(
            resource("/found/card/{id}/release")
                .route(get().to(found_card::back))
                .route(post().to(found_card::release)),
        )
        .service(resource("/desk/card").route(get().to(find::back)).route(post().to(found_card::read)))
        .service(resource("/members/{id}/events").route(get().to(events::member)))
        .service(resource("/work").route(get().to(work::show)))
        .service(resource("/day").route(get().to(day::show)).route(post().to(day::turn)))
        .service(resource("/day/{id}").route(get().to(day::kept)))
        .service(resource("/close").route(get().to(close::show)).route(post().to(close::count)))
        .service(resource("/close/counted/{id}").route(get().to(close::counted)).route(post().to(close::close)))
        .service(resource("/close/closed/{id}").route(get().to(close::closed)))
        .service(resource("/close/closed/{id}/reopen").route(get().to(close::back)).route(post().to(close::reopen)))
        .service(resource("/access").route(get().to(access::show)).route(post().to(access::seek)))
        .service(resource("/access/review").route(get().to(access::back)).route(post().to(access::review)))
        .service(resource("/access/export").route(get().to(access::back)).route(post().to(access::export)))
        .service(resource("/access/rights").route(get().to(rights::show)))
        .service(resource("/access/{id}").route(get().to(access::found)))
        .service(resource("/reports").route(get().to(reports::show)).route(post().to(reports::seek)))
        .service(resource("/reports/export").route(get().to(reports::back)).route(post().to(reports::export)))
        .service(resource("/reports/clerks").route(get().to(reports::clerks)))
        .service(resource("/reports/clerks/{id}").route(get().to(reports::clerks)))
        .service(resource("/reports/issues").route(get().to(reports::issues)))
        .service(resource("/reports/issues/{id}").route(get().to(reports::issues)))
        .service(resource("/reports/reissues").route(get().to(reports::reissues)))
        .service(resource("/reports/reissues/{id}").route(get().to(reports::reissues)))
        .service(resource("/reports/{id}").route(get().to(reports::show)))
        .service(resource("/jobs").route(get().to(seek::show)).route(post().to(seek::seek)))
        .service(resource("/jobs/found/{id}").route(get().to(seek::found)))
        .service(resource("/enrol").route(get().to(enrol::begin)).route(post().to(enrol::first)))
        .service(resource("/enrol/alike").route(get().to(enrol::to_begin)).route(post().to(enrol::alike)))
        .service(resource("/enrol/{id}").route(get().to(enrol::person)).route(post().to(enrol::person_again)))
        .service(resource("/enrol/{id}/consent").route(get().to(enrol::consent)).route(post().to(enrol::consent_sent)))
        .service(resource("/enrol/{id}/card").route(get().to(enrol::card)).route(post().to(enrol::card_sent)))
        .service(resource("/enrol/{id}/card/events").route(get().to(events::ready)))
        .service(resource("/enrol/{id}/card.png").route(get().to(pictures::draft)))
        .service(resource("/enrol/{id}/keep").route(get().to(enrol::to_begin)).route(post().to(enrol::keep)))
        .service(resource("/enrol/{id}/leave").route(get().to(find::back)).route(post().to(enrol::leave)))
        .service(resource("/import").route(get().to(imports::begin)).route(post().to(imports::first)))
        .service(resource("/import/{id}").route(get().to(imports::person)).route(post().to(imports::person_again)))
        .service(
            resource("/import/{id}/password")
                .route(get().to(imports::password))
                .route(post().to(imports::password_sent)),
        )
        .service(resource("/import/{id}/card").route(get().to(imports::card)).route(post().to(imports::card_sent)))
        .service(resource("/import/{id}/keep").route(get().to(find::back)).route(post().to(imports::keep)))
        .service(resource("/import/{id}/leave").route(get().to(find::back)).route(post().to(imports::leave)))
        .service(resource("/members/{id}/convert").route(get().to(convert::show)).route(post().to(convert::sent)))
        .service(resource("/members/{id}").route(get().to(members::show)))
        .service(resource("/members/{id}/seen").route(get().to(members::back)).route(post().to(members::seen)))
        .service(resource("/members/{id}/issue").route(get().to(members::back)).route(post().to(members::issue)))
        .service(resource("/members/{id}/reissue").route(get().to(reissue::show)).route(post().to(reissue::begin)))
        .service(
            resource("/members/{id}/reissue/recover").route(get().to(reissue::back)).route(post().to(reissue::recover)),
        )
        .service(resource("/members/{id}/reissue/recovered").route(get().to(reissue::recovered)))
        .service(resource("/members/{id}/reissue/told/{told}").route(get().to(reissue::show_told)))
        .service(resource("/members/{id}/block").route(get().to(block::show)).route(post().to(block::block)))
        .service(resource("/members/{id}/release").route(get().to(members::back)).route(post().to(block::release)))
        .service(resource("/members/{id}/charges").route(get().to(charges::show)))
        .service(resource("/charges/{id}/pay").route(get().to(charges::back)).route(post().to(charges::pay)))
        .service(resource("/charges/{id}/waive").route(get().to(charges::back)).route(post().to(charges::waive)))
        .service(resource("/receipts/{id}").route(get().to(receipts::show)))
        .service(resource("/receipts/{id}/print").route(get().to(receipts::back)).route(post().to(receipts::print)))
        .service(resource("/charges/{id}/refund").route(get().to(charges::back)).route(post().to(charges::refund)))
        .service(resource("/jobs/{id}/pay").route(get().to(jobs::back)).route(post().to(jobs::pay)))
        .service(resource("/jobs/{id}/unpaid").route(get().to(jobs::back)).route(post().to(jobs::unpaid)))
        .service(resource("/jobs/{id}/old-returned").route(get().to(jobs::back)).route(post().to(jobs::old_returned)))
        .service(resource("/approvals/{id}").route(get().to(approval::show)))
        .service(resource("/members/{id}/edit").route(get().to(edit::show)).route(post().to(edit::sent)))
        .service(resource("/members/{id}/edit/{told}").route(get().to(edit::again)).route(post().to(edit::sent_again)))
        .service(
            resource("/members/{id}/edit/{told}/keep")
                .route(get().to(edit::to_page))
                .route(post().to(edit::keep_typed)),
        )
        .service(resource("/members/{id}/renamed").route(get().to(edit::renamed)))
        .service(resource("/members/{id}/withdraw").route(get().to(withdraw::ask)).route(post().to(withdraw::withdraw)))
        .service(resource("/members/{id}/history").route(get().to(history::show)))
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
        .service(resource("/jobs/{id}/slip").route(get().to(slip::show)))
        .service(resource("/jobs/{id}/leave").route(get().to(jobs::back)).route(post().to(jobs::leave)))
        .service(resource("/jobs/{id}/cancel").route(get().to(jobs::ask_cancel)).route(post().to(jobs::cancel)))
        .service(resource("/codes").route(get().to(codes::show)).route(post().to(codes::find)))
        .service(resource("/codes/found/{id}").route(get().to(codes::found)))
        .service(resource("/codes/{code}").route(get().to(codes::library)))
        .service(resource("/staff").route(get().to(staff::show)).route(post().to(staff::add)))
        .service(resource("/staff/{id}/lock").route(get().to(staff::ask_lock)).route(post().to(staff::lock)))
        .service(resource("/staff/{id}/unlock").route(get().to(staff::back)).route(post().to(staff::unlock)))
        .service(resource("/staff/{id}/reset").route(get().to(staff::ask_reset)).route(post().to(staff::reset)))
        .service(resource("/staff/{id}/role").route(get().to(staff::ask_role)).route(post().to(staff::role)))
        .service(resource("/staff/{id}/member").route(get().to(staff::ask_member)).route(post().to(staff::member)))
        .service(resource("/stock").route(get().to(stock::show)).route(post().to(stock::turn)))
        .service(resource("/stock/receive").route(get().to(stock::back)).route(post().to(stock::receive)))
        .service(resource("/stock/take").route(get().to(stock::back)).route(post().to(stock::take)))
        .service(resource("/stock/open").route(get().to(stock::back)).route(post().to(stock::open)))
        .service(resource("/stock/{day}").route(get().to(stock::day)))
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
    journal::speak();
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
