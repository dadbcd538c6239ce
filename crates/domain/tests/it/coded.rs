use std::{collections::HashSet, fmt::Debug, str::FromStr};

use mortise_domain::{issue::*, member::*, org::*, role::*, status::*, token::*, *};

fn agrees<T>(all: &[T], number: fn(T) -> i64, word: fn(T) -> &'static str)
where
    T: Copy + Debug + PartialEq + TryFrom<i64, Error = UnknownCode> + FromStr<Err = UnknownCode>,
{
    let numbers: HashSet<_> = all.iter().map(|value| number(*value)).collect();
    let words: HashSet<_> = all.iter().map(|value| word(*value)).collect();
    assert_eq!((numbers.len(), words.len()), (all.len(), all.len()), "duplicates in {all:?}");
    for value in all {
        assert_eq!(T::try_from(number(*value)).as_ref(), Ok(value));
        assert_eq!(word(*value).parse::<T>().as_ref(), Ok(value));
    }
    assert!(T::try_from(-7).is_err());
    assert!("no such word".parse::<T>().is_err());
}

macro_rules! all_agree {
    ($($name:ident),+ $(,)?) => { $(agrees($name::ALL, $name::number, $name::as_str);)+ };
}

#[test]
fn numbers_and_words_lead_back_to_their_value_and_are_unique() {
    all_agree!(
        IssueStatus,
        Substatus,
        Priority,
        Level,
        ResolutionKind,
        IssueCategory,
        EventCategory,
        ActivityKind,
        OrgStatus,
        ProjectStatus,
        TeamStatus,
        ProjectKeyStatus,
        ApplicationStatus,
        AppStatus,
        InstallationStatus,
        ObjectStatus,
        InviteStatus,
        MemberFlag,
        OrgFlag,
        OrgRole,
        TeamRole,
        TokenKind,
        AuditEvent,
    );
}

#[test]
fn an_unknown_code_says_what_was_asked() {
    let error = OrgRole::try_from(9).unwrap_err();
    assert_eq!(error.to_string(), "\"9\" is no OrgRole");
}
