use mortise_crypto::{
    Passwords,
    password::{PASSWORD_BYTES_MAX, PasswordError},
};
use mortise_domain::SystemIds;

fn cheap() -> Passwords {
    Passwords::with_cost(8, 1, &SystemIds).expect("8 KiB is the least cost")
}

#[test]
fn only_the_right_password_passes() {
    let passwords = cheap();
    let stored = passwords.hash(&"päss".into(), &SystemIds).unwrap();
    assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{stored}");
    for (attempt, passes) in [("päss", true), ("pass", false), ("", false), ("päss ", false)] {
        assert_eq!(passwords.verify(&attempt.into(), Some(&stored)), Ok(passes), "{attempt:?}");
    }
}

#[test]
fn the_same_password_is_stored_differently_each_time() {
    let passwords = cheap();
    let hash = || passwords.hash(&"x".into(), &SystemIds).unwrap();
    assert_ne!(hash(), hash());
}

#[test]
fn nobody_has_no_password() {
    let passwords = cheap();
    for attempt in ["", "x"] {
        assert_eq!(passwords.verify(&attempt.into(), None), Ok(false));
    }
}

#[test]
fn damage_is_told_from_a_wrong_password() {
    let answer = cheap().verify(&"x".into(), Some("not a hash"));
    assert!(matches!(answer, Err(PasswordError::Stored(_))), "{answer:?}");
}

#[test]
fn overlong_passwords_are_neither_stored_nor_cut() {
    let passwords = cheap();
    let longest = "x".repeat(PASSWORD_BYTES_MAX);
    let longer = format!("{longest}x");
    let stored = passwords.hash(&longest.clone().into(), &SystemIds).unwrap();
    assert_eq!(passwords.hash(&longer.clone().into(), &SystemIds), Err(PasswordError::TooLong));
    assert_eq!(passwords.verify(&longest.into(), Some(&stored)), Ok(true));
    assert_eq!(passwords.verify(&longer.into(), Some(&stored)), Ok(false));
}

#[test]
fn hashes_of_another_cost_still_open_and_ask_for_renewal() {
    let (old, new) = (cheap(), Passwords::with_cost(16, 1, &SystemIds).unwrap());
    let stored = old.hash(&"x".into(), &SystemIds).unwrap();
    assert_eq!(new.verify(&"x".into(), Some(&stored)), Ok(true));
    assert!(new.needs_rehash(&stored) && !old.needs_rehash(&stored) && old.needs_rehash("garbage"));
}
