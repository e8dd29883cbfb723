use super::hmac::{FIRST_LINE, KEY_BYTES};
use super::*;
use crate::rows::{CsvRows, Dialect, Encoding};
use crate::units::{AgreementId, bsn};

fn key(agreement: u8) -> PseudonymKey {
    let agreement = AgreementId::from([agreement; 32]);
    let bytes = [FIRST_LINE, agreement.as_bytes().as_slice(), &[0xa7; KEY_BYTES]].concat();
    PseudonymKey::from_bytes(agreement, &bytes).expect("a key")
}

fn pseudonymised(check: IdCheck, input: &[u8]) -> Result<(usize, String), PseudonymiseError> {
    let mut output = Vec::new();
    let rows = pseudonymise(&key(0x11), check, "person", &mut CsvRows::open(input)?, &mut output)?;
    Ok((rows, String::from_utf8(output).expect("text")))
}

#[test]
fn a_pseudonym_is_what_another_hmac_says() {
    // Python: hmac.new(b"\xa7" * 32, b"drempel person 1" + b"\x11" * 32 + b"\0" + id, "sha256").hexdigest()
    let cases = [
        ("111222333", IdCheck::Bsn, "96287a06f8fd62c612c74b9cee5330a867e27bdc697f57a749e7bff52cccb219"),
        ("111222333", IdCheck::Any, "96287a06f8fd62c612c74b9cee5330a867e27bdc697f57a749e7bff52cccb219"),
        ("012345672", IdCheck::Bsn, "8a4fab159518d297b9944e5a6c5cac43afcc61fc1899536cba419147b3f54240"),
        ("p-17", IdCheck::Any, "456165d98ba235b07477d768fe97bcd4acfc5b1128cf55ca7d19ddcefc1a3dac"),
    ];
    for (id, check, expected) in cases {
        assert_eq!(key(0x11).pseudonym(id, check).expect("valid").as_str(), expected, "{id}");
    }
}

#[test]
fn another_agreement_gives_another_pseudonym_even_under_the_same_key_bytes() {
    let pseudonym = key(0x22).pseudonym("111222333", IdCheck::Bsn).expect("valid");
    // By the same line of Python, with b"\x22" * 32.
    assert_eq!(pseudonym.as_str(), "959634e3040923a2125af9a0cd74e8e5a2d9e5b0435dea4ecded2fd1cfc5eb68");
    assert_ne!(pseudonym, key(0x11).pseudonym("111222333", IdCheck::Bsn).expect("valid"));
}

#[test]
fn a_key_survives_its_bytes_and_is_of_one_agreement_only() {
    let agreement = AgreementId::from([0x11; 32]);
    let made = PseudonymKey::generate(agreement);
    let bytes = made.to_bytes();
    assert_eq!(bytes.len(), FIRST_LINE.len() + 64);
    let read = PseudonymKey::from_bytes(agreement, &bytes).expect("a key");
    assert_eq!(read.agreement(), agreement);
    let pseudonym = |key: &PseudonymKey| key.pseudonym("p-17", IdCheck::Any).expect("valid");
    assert_eq!(pseudonym(&made), pseudonym(&read));
    assert_ne!(pseudonym(&made), pseudonym(&PseudonymKey::generate(agreement)));
    assert!(PseudonymKey::from_bytes(AgreementId::from([0x22; 32]), &bytes).is_none());
    assert!(PseudonymKey::from_bytes(agreement, &bytes[1..]).is_none());
    assert!(PseudonymKey::from_bytes(agreement, &bytes[..bytes.len() - 1]).is_none());
    assert!(PseudonymKey::from_bytes(agreement, &[bytes.as_slice(), &[0]].concat()).is_none());
}

#[test]
fn a_key_does_not_print_itself() {
    let expected = format!("PseudonymKey {{ agreement: {}, .. }}", "11".repeat(32));
    assert_eq!(format!("{:?}", key(0x11)), expected);
}

#[test]
fn a_bsn_has_nine_digits_that_pass_the_check_of_eleven() {
    use InvalidPersonId::{BsnCheckFails, Empty, NotBsnDigits, SurroundingSpace};
    let cases = [
        ("111222333", Ok(())),
        ("123456782", Ok(())),
        ("012345672", Ok(())),
        ("12345672", Ok(())),
        ("123456789", Err(BsnCheckFails)),
        ("000000000", Err(BsnCheckFails)),
        ("00000000", Err(BsnCheckFails)),
        ("1234567", Err(NotBsnDigits)),
        ("0111222333", Err(NotBsnDigits)),
        ("11122233a", Err(NotBsnDigits)),
        ("111.222.333", Err(NotBsnDigits)),
        ("-11122233", Err(NotBsnDigits)),
        ("١١١٢", Err(NotBsnDigits)),
        (" 111222333", Err(SurroundingSpace)),
        ("", Err(Empty)),
    ];
    for (id, expected) in cases {
        assert_eq!(key(0x11).pseudonym(id, IdCheck::Bsn).map(drop), expected, "{id:?}");
    }
}

#[test]
fn a_bsn_with_one_wrong_digit_or_two_neighbours_swapped_is_none() {
    let valid = *b"123456782";
    for (place, right) in valid.into_iter().enumerate() {
        for digit in (b'0'..=b'9').filter(|digit| *digit != right) {
            let mut wrong = valid;
            wrong[place] = digit;
            assert_eq!(bsn(&wrong), Err(InvalidPersonId::BsnCheckFails));
        }
    }
    for place in 1..valid.len() {
        let mut wrong = valid;
        wrong.swap(place - 1, place);
        assert_eq!(bsn(&wrong), Err(InvalidPersonId::BsnCheckFails));
    }
}

#[test]
fn eight_digits_and_nine_are_one_person() {
    let pseudonym = |id, check| key(0x11).pseudonym(id, check).expect("valid");
    assert_eq!(pseudonym("12345672", IdCheck::Bsn), pseudonym("012345672", IdCheck::Bsn));
    assert_ne!(pseudonym("12345672", IdCheck::Any), pseudonym("012345672", IdCheck::Any));
}

#[test]
fn an_identifier_of_any_kind_is_refused_rather_than_trimmed() {
    use InvalidPersonId::{Empty, HiddenCharacter, SurroundingSpace};
    let long = "x".repeat(200);
    let cases = [
        ("p-17", Ok(())),
        ("Jansen 1950-01-01", Ok(())),
        (long.as_str(), Ok(())),
        ("", Err(Empty)),
        (" ", Err(SurroundingSpace)),
        ("p-17 ", Err(SurroundingSpace)),
        ("\u{a0}p-17", Err(SurroundingSpace)),
        ("p-17\r", Err(SurroundingSpace)),
        ("\u{feff}p-17", Err(HiddenCharacter)),
        ("p\u{200b}17", Err(HiddenCharacter)),
    ];
    for (id, expected) in cases {
        assert_eq!(key(0x11).pseudonym(id, IdCheck::Any).map(drop), expected, "{id:?}");
    }
}

#[test]
fn other_columns_stay_as_they_are() {
    let first = key(0x11).pseudonym("111222333", IdCheck::Bsn).expect("valid");
    let second = key(0x11).pseudonym("123456782", IdCheck::Bsn).expect("valid");
    let input = "note,person,income_cents\n\
                 \"a, \"\"b\"\"\",111222333,5\n\
                 \x20spaced ,\"123456782\",-17\n\
                 ,111222333,\n";
    let expected =
        format!("note,person,income_cents\n\"a, \"\"b\"\"\",{first},5\n spaced ,{second},-17\n,{first},\n");
    assert_eq!(pseudonymised(IdCheck::Bsn, input.as_bytes()).expect("valid"), (3, expected));
    // Latin-1 in a column that nobody reads.
    let input = b"person,na\xefve\n111222333,caf\xe9\n";
    let copy = |encoding| {
        let dialect = Dialect { encoding, ..Dialect::default() };
        let mut rows = CsvRows::with(&input[..], &dialect).expect("a header");
        let mut output = Vec::new();
        pseudonymise(&key(0x11), IdCheck::Bsn, "person", &mut rows, &mut output).expect("valid");
        output
    };
    let expected = [b"person,na\xefve\n".as_slice(), first.as_str().as_bytes(), b",caf\xe9\n"];
    assert_eq!(copy(Encoding::Utf8), expected.concat());
    let expected = ["person,naïve\n", first.as_str(), ",café\n"].concat();
    assert_eq!(copy(Encoding::Latin1), expected.as_bytes());
}

#[test]
fn a_windows_file_with_a_byte_order_mark_is_read() {
    let first = key(0x11).pseudonym("111222333", IdCheck::Bsn).expect("valid");
    let input = "\u{feff}income_cents,person\r\n\r\n5,111222333\r\n";
    let expected = format!("income_cents,person\n5,{first}\n");
    assert_eq!(pseudonymised(IdCheck::Bsn, input.as_bytes()).expect("valid"), (1, expected));
}

#[test]
fn a_bad_bsn_is_named_by_its_line_and_never_shown() {
    let input = b"person,income_cents\n111222333,5\n123456782,6\n123456789,7\n";
    let error = pseudonymised(IdCheck::Bsn, input).expect_err("the third row");
    let message = error.to_string();
    assert!(message.starts_with("line 4, column \"person\": not a BSN"), "{message}");
    assert!(!format!("{message} {error:?}").contains("123456789"), "{error:?}");
    assert!(pseudonymised(IdCheck::Any, input).is_ok());
}

#[test]
fn a_file_of_the_wrong_shape_is_refused() {
    let cases: [(&[u8], &str); 9] = [
        (b"", "the file is empty"),
        (b"bsn,income\n1,2\n", "line 1: column \"person\" is missing"),
        (b"Person;income\n1;2\n", "line 1: column \"person\" is missing; there are: \"Person\", \"income\""),
        (b"person,person\n1,2\n", "line 1: column \"person\" is there twice"),
        (b"person,income\n1,2\n1\n", "line 3: 1 cells, but the header has 2"),
        (b"person,income\n1,2\n1,2,3\n", "line 3: 3 cells, but the header has 2"),
        (b"person,note\n1,\"x\n2,y\n", "line 2: a quotation mark that is not closed"),
        (b"person,note\n\xe9,x\n", "line 2, column \"person\": not UTF-8"),
        (b"\xff\xfep\0", "the file is in UTF-16"),
    ];
    for (input, expected) in cases {
        let message = pseudonymised(IdCheck::Any, input).expect_err(expected).to_string();
        assert!(message.starts_with(expected), "{message}");
    }
}

#[test]
fn an_error_of_the_output_is_one_of_writing() {
    let mut rows = CsvRows::open(&b"person\n1\n"[..]).expect("a header");
    let error = pseudonymise(&key(0x11), IdCheck::Any, "person", &mut rows, &mut [0_u8; 8][..]);
    assert!(matches!(error, Err(PseudonymiseError::Io(_))), "{error:?}");
}
