//! Hash chains over append-only rows: the canonical form of a row, and the hash that ties it to the one before.
//!
//! It never stores or orders rows, and a chain alone proves nothing against whoever owns the file: the head must
//! be kept elsewhere too. Chained rows hold ids and codes; a personal part comes in as a salted hash. Start at [`chain`].

use sha2::{Digest, Sha256};

pub mod anchors;
pub mod patterns;

/// What stands in front of the first row of every chain.
pub const GENESIS: [u8; 32] = [0; 32];

/// One row as the chain sees it: every column, in the order of the version.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The table, so that a row cannot be moved to another chain.
    pub table: &'a str,
    /// The version of the row's shape; a new set of columns gets a new one.
    pub version: u32,
    /// Place in the chain, from 1 without a gap.
    pub sequence: u64,
    pub columns: &'a [Value<'a>],
}

/// A column's value. `Null` differs from every text, the empty one too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Value<'a> {
    Null,
    Integer(i64),
    Text(&'a str),
    Bytes(&'a [u8]),
}

/// SHA-256 over the hash of the row before ([`GENESIS`] for the first) and the row's canonical form.
pub fn chain(previous: &[u8; 32], row: &Row) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(previous);
    hash.update(canonical(row));
    hash.finalize().into()
}

/// SHA-256 over a row's canonical form alone: for a chained row that names another one, which stands elsewhere.
pub fn digest(row: &Row) -> [u8; 32] {
    Sha256::digest(canonical(row)).into()
}

/// Lower-case hexadecimal, as hashes are shown and kept.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The hash that stands in a chained row for a personal part kept beside it: SHA-256 over a domain name, the
/// row's own random salt and the part's canonical columns. Without salt a name could be guessed.
pub fn personal(salt: &[u8; 32], columns: &[Value]) -> [u8; 32] {
    let mut form = Vec::new();
    put(&mut form, b'T', b"issuer personal part 1");
    put(&mut form, b'B', salt);
    columns.iter().for_each(|value| put_value(&mut form, value));
    Sha256::digest(form).into()
}

/// Table, version, sequence, count of columns, columns. Every item is a tag, its length as eight bytes and its
/// bytes, numbers big-endian, so that no two rows have the same form.
pub fn canonical(row: &Row) -> Vec<u8> {
    let mut form = Vec::new();
    put(&mut form, b'T', row.table.as_bytes());
    put(&mut form, b'V', &row.version.to_be_bytes());
    put(&mut form, b'S', &row.sequence.to_be_bytes());
    put(&mut form, b'C', &(row.columns.len() as u64).to_be_bytes());
    row.columns.iter().for_each(|value| put_value(&mut form, value));
    form
}

fn put_value(form: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => put(form, b'N', &[]),
        Value::Integer(number) => put(form, b'I', &number.to_be_bytes()),
        Value::Text(text) => put(form, b'T', text.as_bytes()),
        Value::Bytes(bytes) => put(form, b'B', bytes),
    }
}

fn put(form: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    form.push(tag);
    form.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
    form.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row<'a>(sequence: u64, columns: &'a [Value<'a>]) -> Row<'a> {
        Row { table: "ledger_entry", version: 1, sequence, columns }
    }

    /// Computed apart from this code, in Python:
    /// ```python
    /// import hashlib, struct
    /// def put(tag, b): return tag + struct.pack('>Q', len(b)) + b
    /// def value(v):
    ///     if v is None: return put(b'N', b'')
    ///     if isinstance(v, int): return put(b'I', struct.pack('>q', v))
    ///     if isinstance(v, str): return put(b'T', v.encode())
    ///     return put(b'B', v)
    /// def row(seq, cols): return (put(b'T', b'ledger_entry') + put(b'V', struct.pack('>I', 1))
    ///     + put(b'S', struct.pack('>Q', seq)) + put(b'C', struct.pack('>Q', len(cols))) + b''.join(map(value, cols)))
    /// one = hashlib.sha256(bytes(32) + row(1, [])).digest()
    /// two = hashlib.sha256(one + row(2, ['charge', 2000, None, '', '분실', b'\x00\xff', -1])).digest()
    /// salted = hashlib.sha256(put(b'T', b'issuer personal part 1') + put(b'B', bytes(range(32)))
    ///     + value('홍길동') + value(None)).digest()
    /// print(one.hex(), two.hex(), salted.hex())
    /// ```
    #[test]
    fn fixed_vectors() {
        let one = chain(&GENESIS, &row(1, &[]));
        assert_eq!(hex(&one), "062264577c56f76b7b796e145868fce6fdba661134e7325871c07c5c82f15fa3");
        let columns = [
            Value::Text("charge"),
            Value::Integer(2000),
            Value::Null,
            Value::Text(""),
            Value::Text("분실"),
            Value::Bytes(&[0x00, 0xFF]),
            Value::Integer(-1),
        ];
        let two = chain(&one, &row(2, &columns));
        assert_eq!(hex(&two), "827c7ba989b15737c9dd143709d10d78e3a874338ad18cfdfeaaee5db8897c64");
        let salt: [u8; 32] = std::array::from_fn(|i| i as u8);
        let salted = personal(&salt, &[Value::Text("홍길동"), Value::Null]);
        assert_eq!(hex(&salted), "d76c870b0d55254fb1d39d74c78af233a266c277525288dfcf1d02a3192e7634");
    }

    #[test]
    fn every_part_counts() {
        let base = chain(&GENESIS, &row(1, &[Value::Text("a"), Value::Null]));
        let others = [
            chain(&[1; 32], &row(1, &[Value::Text("a"), Value::Null])),
            chain(&GENESIS, &row(2, &[Value::Text("a"), Value::Null])),
            chain(&GENESIS, &Row { table: "access_entry", ..row(1, &[Value::Text("a"), Value::Null]) }),
            chain(&GENESIS, &Row { version: 2, ..row(1, &[Value::Text("a"), Value::Null]) }),
            chain(&GENESIS, &row(1, &[Value::Text("a"), Value::Text("")])),
            chain(&GENESIS, &row(1, &[Value::Text("a"), Value::Bytes(b"")])),
            chain(&GENESIS, &row(1, &[Value::Bytes(b"a"), Value::Null])),
            chain(&GENESIS, &row(1, &[Value::Text("a")])),
            chain(&GENESIS, &row(1, &[Value::Null, Value::Text("a")])),
        ];
        for (place, other) in others.iter().enumerate() {
            assert_ne!(base, *other, "{place}");
        }
    }

    proptest! {
        #[test]
        fn a_border_between_columns_cannot_be_moved(a in ".{0,6}", b in ".{0,6}", c in ".{0,6}", d in ".{0,6}") {
            let (left, right) = ([Value::Text(&a), Value::Text(&b)], [Value::Text(&c), Value::Text(&d)]);
            prop_assert_eq!(canonical(&row(1, &left)) == canonical(&row(1, &right)), left == right);
        }
    }
}
