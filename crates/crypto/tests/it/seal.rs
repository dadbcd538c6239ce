use mortise_crypto::{
    ExposeSecret, Keyring, Place,
    seal::{KeyringError, SealError},
};
use mortise_domain::SystemIds;
use proptest::prelude::*;

fn place() -> Place {
    Place::new("application", "client_secret", 7)
}

#[test]
fn a_blob_opens_only_in_its_place() {
    let keyring = Keyring::generate(&SystemIds);
    let blob = keyring.seal(&place(), b"x", &SystemIds);
    for other in [
        Place::new("application", "client_secret", 8),
        Place::new("application", "other", 7),
        Place::new("identity", "client_secret", 7),
    ] {
        assert_eq!(keyring.open(&other, &blob).err(), Some(SealError::Refused));
    }
    assert_eq!(keyring.open(&place(), &blob).unwrap().expose_secret(), b"x");
}

#[test]
fn sealing_twice_gives_different_blobs() {
    let keyring = Keyring::generate(&SystemIds);
    assert_ne!(keyring.seal(&place(), b"x", &SystemIds), keyring.seal(&place(), b"x", &SystemIds));
}

#[test]
fn the_newest_key_seals_and_every_key_opens() {
    let old = Keyring::generate(&SystemIds);
    let old_blob = old.seal(&place(), b"old", &SystemIds);
    let both = old.with_new_key(&SystemIds);
    let new_blob = both.seal(&place(), b"new", &SystemIds);
    assert_eq!(both.key_ids(), [1, 2]);
    assert_eq!(both.needs_reseal(&old_blob), Ok(true));
    assert_eq!(both.needs_reseal(&new_blob), Ok(false));
    assert_eq!(both.open_text(&place(), &old_blob).unwrap().expose_secret(), "old");
    assert_eq!(both.open_text(&place(), &new_blob).unwrap().expose_secret(), "new");
    let new = both.only_newest();
    assert_eq!(new.open(&place(), &old_blob).err(), Some(SealError::UnknownKey(1)));
    assert_eq!(new.open_text(&place(), &new_blob).unwrap().expose_secret(), "new");
}

#[test]
fn the_text_form_brings_back_the_same_keys() {
    let keyring = Keyring::generate(&SystemIds).with_new_key(&SystemIds);
    let blob = keyring.seal(&place(), b"x", &SystemIds);
    let text = format!("# keys of m.test\n\n{}", keyring.to_text().expose_secret());
    let again = Keyring::parse(&text.into()).unwrap();
    assert_eq!(again.open(&place(), &blob).unwrap().expose_secret(), b"x");
    assert_eq!(again.to_text().expose_secret(), keyring.to_text().expose_secret());
}

#[test]
fn a_broken_keyring_says_where() {
    let key = "A".repeat(43) + "=";
    for (text, error) in [
        (String::new(), KeyringError::Empty),
        ("# nothing\n".to_owned(), KeyringError::Empty),
        (format!("1:{key}\n2:short"), KeyringError::Line(2)),
        (format!("one:{key}"), KeyringError::Line(1)),
        (key.clone(), KeyringError::Line(1)),
        (format!("3:{key}\n1:{key}\n3:{key}"), KeyringError::Duplicate(3)),
    ] {
        assert_eq!(Keyring::parse(&text.clone().into()).err(), Some(error), "{text:?}");
    }
}

#[test]
fn debug_output_shows_no_key() {
    let keyring = Keyring::generate(&SystemIds);
    assert_eq!(format!("{keyring:?}"), "Keyring { key_ids: [1], .. }");
    let opened = keyring.open_text(&place(), &keyring.seal(&place(), b"hunter2", &SystemIds)).unwrap();
    assert!(!format!("{opened:?}").contains("hunter2"));
}

proptest! {
    #[test]
    fn whatever_is_sealed_comes_back(value in prop::collection::vec(any::<u8>(), 0..200)) {
        let keyring = Keyring::generate(&SystemIds);
        let blob = keyring.seal(&place(), &value, &SystemIds);
        let opened = keyring.open(&place(), &blob).unwrap();
        prop_assert_eq!(opened.expose_secret(), &value[..]);
    }

    #[test]
    fn a_changed_bit_anywhere_is_noticed(at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let keyring = Keyring::generate(&SystemIds);
        let mut blob = keyring.seal(&place(), b"secret", &SystemIds);
        let at = at.index(blob.len());
        blob[at] ^= 1 << bit;
        prop_assert!(keyring.open(&place(), &blob).is_err());
    }

    #[test]
    fn a_shortened_blob_is_refused(at in any::<prop::sample::Index>()) {
        let keyring = Keyring::generate(&SystemIds);
        let blob = keyring.seal(&place(), b"secret", &SystemIds);
        prop_assert!(keyring.open(&place(), &blob[..at.index(blob.len())]).is_err());
    }
}
