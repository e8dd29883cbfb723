//! Key files that open fast.

/// Of every key file that a test makes.
pub const PASSPHRASE: &str = "test";

/// A key file with the smallest work factor, so that tests need not wait a second for each.
pub fn encrypted(secret: &[u8]) -> Vec<u8> {
    let mut recipient = age::scrypt::Recipient::new(PASSPHRASE.to_owned().into());
    recipient.set_work_factor(2);
    age::encrypt(&recipient, secret).expect("encrypts")
}
