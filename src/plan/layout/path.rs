//! The path data of SVG (SVG 1.1, 8.3) as far as card art needs it: M L H V C Q Z, both cases. Arcs are refused by
//! name rather than drawn wrong: four curves make a circle.

/// One step of a path; absolute points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Segment {
    Move([f32; 2]),
    Line([f32; 2]),
    /// Two control points and the end.
    Curve([f32; 2], [f32; 2], [f32; 2]),
    Close,
}

/// Scale, then turn (degrees, clockwise as the eye sees it), then move.
#[derive(Debug, Clone, Copy)]
pub struct Placing {
    pub at: [f32; 2],
    pub scale: f32,
    pub turn: f32,
}

impl Placing {
    fn apply(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let (sin, cos) = self.turn.to_radians().sin_cos();
        let (x, y) = (x * self.scale, y * self.scale);
        [x * cos - y * sin + self.at[0], x * sin + y * cos + self.at[1]]
    }
}

/// Reads path data and places it. The error names what cannot be read, in a few English words for the layout's author.
pub fn parse(data: &str, placing: Placing) -> Result<Vec<Segment>, String> {
    let mut reader = Reader { rest: data, here: [0.0; 2], start: [0.0; 2] };
    let mut segments = Vec::new();
    let mut command = None;
    loop {
        reader.skip_separators();
        let Some(next) = reader.rest.chars().next() else { break };
        if next.is_ascii_alphabetic() {
            command = Some(next);
            reader.rest = &reader.rest[1..];
        } else if matches!(command, None | Some('Z' | 'z')) {
            return Err(format!("a command letter is missing before `{}`", clipped(reader.rest)));
        }
        let Some(letter) = command else { continue };
        if segments.is_empty() && !matches!(letter, 'M' | 'm') {
            return Err("a path begins with M".to_owned());
        }
        let segment = reader.segment(letter)?;
        if let Segment::Move(_) = segment {
            // Further pairs after a moveto are linetos (SVG 1.1, 8.3.2).
            command = Some(if letter == 'm' { 'l' } else { 'L' });
        }
        segments.push(segment);
    }
    if segments.is_empty() {
        return Err("the path is empty".to_owned());
    }
    Ok(segments.into_iter().map(|segment| place(segment, &placing)).collect())
}

fn place(segment: Segment, placing: &Placing) -> Segment {
    match segment {
        Segment::Move(p) => Segment::Move(placing.apply(p)),
        Segment::Line(p) => Segment::Line(placing.apply(p)),
        Segment::Curve(a, b, p) => Segment::Curve(placing.apply(a), placing.apply(b), placing.apply(p)),
        Segment::Close => Segment::Close,
    }
}

struct Reader<'a> {
    rest: &'a str,
    here: [f32; 2],
    start: [f32; 2],
}

impl Reader<'_> {
    fn segment(&mut self, letter: char) -> Result<Segment, String> {
        let relative = letter.is_ascii_lowercase();
        let from = self.here;
        let segment = match letter.to_ascii_uppercase() {
            'M' => Segment::Move(self.point(relative)?),
            'L' => Segment::Line(self.point(relative)?),
            'H' => Segment::Line([self.number()? + if relative { from[0] } else { 0.0 }, from[1]]),
            'V' => Segment::Line([from[0], self.number()? + if relative { from[1] } else { 0.0 }]),
            'C' => Segment::Curve(self.point(relative)?, self.point(relative)?, self.point(relative)?),
            'Q' => {
                let (control, end) = (self.point(relative)?, self.point(relative)?);
                let third = |a: f32, b: f32| a + (b - a) * 2.0 / 3.0;
                let bend = |p: [f32; 2]| [third(p[0], control[0]), third(p[1], control[1])];
                Segment::Curve(bend(from), bend(end), end)
            }
            'Z' => Segment::Close,
            _ => return Err(format!("the command `{letter}` is not among M L H V C Q Z")),
        };
        match segment {
            Segment::Move(p) => (self.here, self.start) = (p, p),
            Segment::Line(p) | Segment::Curve(_, _, p) => self.here = p,
            Segment::Close => self.here = self.start,
        }
        Ok(segment)
    }

    fn point(&mut self, relative: bool) -> Result<[f32; 2], String> {
        let (x, y) = (self.number()?, self.number()?);
        Ok(if relative { [self.here[0] + x, self.here[1] + y] } else { [x, y] })
    }

    fn number(&mut self) -> Result<f32, String> {
        self.skip_separators();
        let mut seen_dot = false;
        let length = self
            .rest
            .char_indices()
            .find(|(at, c)| match c {
                '+' | '-' => *at > 0,
                '.' => std::mem::replace(&mut seen_dot, true),
                _ => !c.is_ascii_digit(),
            })
            .map_or(self.rest.len(), |(at, _)| at);
        let (number, rest) = self.rest.split_at(length);
        let value: f32 = number.parse().map_err(|_| format!("a number is missing before `{}`", clipped(self.rest)))?;
        self.rest = rest;
        Ok(value)
    }

    fn skip_separators(&mut self) {
        self.rest = self.rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == ',');
    }
}

fn clipped(text: &str) -> String {
    text.chars().take(12).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const STILL: Placing = Placing { at: [0.0, 0.0], scale: 1.0, turn: 0.0 };

    #[test]
    fn relative_and_packed_numbers_read_as_svg_does() {
        let path = parse("M418 100h30v150h-30z m2-3.5.5 1", STILL).unwrap();
        assert_eq!(
            path,
            [
                Segment::Move([418.0, 100.0]),
                Segment::Line([448.0, 100.0]),
                Segment::Line([448.0, 250.0]),
                Segment::Line([418.0, 250.0]),
                Segment::Close,
                Segment::Move([420.0, 96.5]),
                Segment::Line([420.5, 97.5]),
            ]
        );
    }

    #[test]
    fn a_placing_scales_turns_and_moves() {
        let path = parse("M1 0L0 1", Placing { at: [10.0, 20.0], scale: 2.0, turn: 90.0 }).unwrap();
        let Segment::Move([x, y]) = path[0] else { panic!("{path:?}") };
        assert!((x - 10.0).abs() < 1e-5 && (y - 22.0).abs() < 1e-5, "{x} {y}");
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        for (data, part) in [
            ("", "empty"),
            ("L1 2", "begins with M"),
            ("M1 2 A3 3 0 0 0 3 3", "`A`"),
            ("M1", "number is missing"),
            ("M1 2z5 5", "command letter"),
            ("M1 2 L한", "number is missing"),
        ] {
            let error = parse(data, STILL).unwrap_err();
            assert!(error.contains(part), "{data}: {error}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_panic(data in "[MLHVCQZmlhvcqz0-9 .,+-]{0,40}|.{0,20}") {
            let _ = parse(&data, STILL);
        }
    }
}
