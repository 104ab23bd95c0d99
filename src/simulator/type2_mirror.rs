//! The ASCII mirror of NTAG21x: UID and NFC counter shown as text inside the user memory, which itself is not changed.
//!
//! NTAG213_215_216 rev. 3.2, section 8.7 (the example was checked against NTAG213F_216F rev. 3.1, 8.7.3.1). What becomes of a
//! counter that is switched off, hidden or without room is as flipperzero-firmware found it on a genuine NTAG216 (pull
//! request 1313, mf_ultralight_listener_i.c). Pure. Start at [`mirror`].

use super::type2::Config;
use super::type2_map::{Map, PAGE};
use super::uid::Uid;

/// Overlays what the mirror shows on one page. `count`: the NFC counter, if it may be shown. Of UID and counter the UID is
/// shown alone where the counter may not be or where both do not fit into the user memory.
pub(super) fn mirror(map: &Map, config: Config, uid: Uid, count: Option<u32>, page: u8, bytes: &mut [u8; PAGE]) {
    let what = config.mirror >> 6;
    if what == 0 || config.mirror_page < 4 {
        return;
    }
    let start = usize::from(config.mirror_page) * PAGE + usize::from(config.mirror >> 4 & 0x03);
    let own = usize::from(page) * PAGE;
    let room = ((usize::from(map.last_user()) + 1) * PAGE).saturating_sub(start);
    // UID 14 characters, counter 6, both with an x between them 21.
    let shown = match (what, count) {
        (2, None) => None,
        (2, Some(count)) => Some(format!("{count:06X}")),
        (3, Some(count)) if room >= 21 => Some(format!("{uid}x{count:06X}")),
        _ => Some(uid.to_string()),
    };
    let Some(text) = shown.filter(|text| text.len() <= room) else { return };
    for (at, letter) in text.bytes().enumerate() {
        if let Some(byte) = (start + at).checked_sub(own).and_then(|i| bytes.get_mut(i)) {
            *byte = letter;
        }
    }
}
