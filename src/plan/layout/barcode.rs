//! Code 128 in code set C (ISO/IEC 15417): which bars stand for the digits, how wide a module may be, and reading
//! bars back. Drawing is elsewhere.

use barcoders::sym::code128::Code128;

use crate::plan::member::MemberNumber;
use crate::plan::messages::Trouble;

/// Light modules on each side (ISO/IEC 15417, 4.4).
pub const QUIET_MODULES: u32 = 10;
/// The narrowest module that desk and self-service scanners are relied on to read, in tenths of a millimetre (7.5 mil).
pub const LEAST_MODULE: f32 = 1.9;

/// Bar and space widths in modules, beginning and ending with a bar: 112 modules for a member number.
pub fn encode(number: &MemberNumber) -> Result<Vec<u8>, Trouble> {
    // U+0106 is how the crate spells "start in code set C".
    let modules = Code128::new(format!("\u{0106}{number}"))
        .map_err(|_| Trouble::new("barcode-decode").with("digits", number).with("read", "-"))?
        .encode();
    let mut widths: Vec<u8> = Vec::with_capacity(64);
    let mut dark = 0;
    for module in modules {
        if module == dark {
            if let Some(width) = widths.last_mut() {
                *width += 1;
            }
        } else {
            widths.push(1);
            dark = module;
        }
    }
    Ok(widths)
}

/// The widest whole number of dots a module may have so that the symbol and both quiet zones fit into `room` (tenths of
/// a millimetre); `barcode-too-narrow` when that is under [`LEAST_MODULE`].
pub fn module_dots(widths: &[u8], room: f32, dpi: u32) -> Result<u32, Trouble> {
    let modules = widths.iter().map(|width| u32::from(*width)).sum::<u32>() + 2 * QUIET_MODULES;
    let dots_per_unit = dpi as f32 / super::UNITS_PER_INCH;
    let dots = (room * dots_per_unit / modules as f32 + 1e-4) as u32;
    if dots == 0 || (dots as f32) < LEAST_MODULE * dots_per_unit {
        let least = modules as f32 * (LEAST_MODULE * dots_per_unit).ceil() / dots_per_unit;
        return Err(Trouble::new("barcode-too-narrow")
            .with("room", format!("{:.1}", room / 10.0))
            .with("least", format!("{:.1}", least / 10.0))
            .with("dpi", dpi));
    }
    Ok(dots)
}

/// Reads a Code 128 symbol of code set C: start, pairs of digits, the modulo-103 check symbol, stop. `None` when any of
/// them is wrong. Written from the standard's table and not from the encoder, so that it can judge it.
pub fn decode(widths: &[u8]) -> Option<String> {
    let (body, stop) = widths.split_at_checked(widths.len().checked_sub(7)?)?;
    if stop != [2, 3, 3, 1, 1, 1, 2] || body.len() % 6 != 0 {
        return None;
    }
    let symbols: Vec<u32> = body.chunks(6).map(value).collect::<Option<_>>()?;
    let (check, symbols) = symbols.split_last()?;
    let (start, pairs) = symbols.split_first()?;
    let sum = pairs.iter().zip(1..).fold(*start, |sum, (pair, weight)| sum + pair * weight);
    if *start != START_C || sum % 103 != *check || pairs.iter().any(|pair| *pair > 99) {
        return None;
    }
    Some(pairs.iter().map(|pair| format!("{pair:02}")).collect())
}

const START_C: u32 = 105;

fn value(symbol: &[u8]) -> Option<u32> {
    WIDTHS
        .split_ascii_whitespace()
        .position(|known| known.bytes().map(|b| b - b'0').eq(symbol.iter().copied()))
        .map(|at| at as u32)
}

/// ISO/IEC 15417, table 1: element widths of the symbols 0 to 105.
const WIDTHS: &str = "\
    212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 \
    123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 \
    232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 \
    313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 \
    111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 \
    111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 \
    114311 411113 411311 113141 114131 311141 411131 211412 211214 211232";

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> MemberNumber {
        MemberNumber::parse(text).unwrap()
    }

    #[test]
    fn a_member_number_takes_112_modules_and_31_bars() {
        let widths = encode(&number("12100300000001")).unwrap();
        assert_eq!(widths.iter().map(|w| u32::from(*w)).sum::<u32>(), 112);
        assert_eq!(widths.iter().step_by(2).count(), 31);
    }

    proptest! {
        #[test]
        fn every_number_decodes_back(digits in "[0-9]{14}") {
            prop_assert_eq!(decode(&encode(&number(&digits)).unwrap()), Some(digits));
        }

        /// No single element one module too wide or too narrow goes unseen.
        #[test]
        fn a_changed_element_is_seen(digits in "[0-9]{14}", at in 0usize..61, wider: bool) {
            let mut widths = encode(&number(&digits)).unwrap();
            widths[at] = if wider { widths[at] + 1 } else { widths[at] - 1 };
            prop_assert_ne!(decode(&widths), Some(digits));
        }

        #[test]
        fn nothing_makes_decode_panic(widths in prop::collection::vec(any::<u8>(), 0..80)) {
            decode(&widths);
        }
    }

    #[test]
    fn modules_are_the_widest_whole_dots_that_fit() {
        let widths = encode(&number("12100300000001")).unwrap();
        for (dpi, dots) in [(203, 4), (300, 7), (600, 14)] {
            assert_eq!(module_dots(&widths, 792.0, dpi), Ok(dots), "{dpi} dpi");
        }
    }

    #[test]
    fn a_module_too_narrow_for_scanners_is_refused() {
        let widths = encode(&number("12100300000001")).unwrap();
        // 132 modules of three dots at 300 dpi, 0.254 mm each.
        assert_eq!(module_dots(&widths, 335.3, 300), Ok(3));
        for (room, dpi) in [(335.2, 300), (0.0, 300), (f32::NAN, 300), (792.0, 0)] {
            assert_eq!(module_dots(&widths, room, dpi).unwrap_err().code, "barcode-too-narrow", "{room} {dpi}");
        }
    }
}
