use mortise_domain::{issue::is_valid_pair, *};

#[test]
fn every_substatus_belongs_to_exactly_one_status() {
    for (substatus, status) in [
        (Substatus::ArchivedUntilEscalating, IssueStatus::Ignored),
        (Substatus::Escalating, IssueStatus::Unresolved),
        (Substatus::Ongoing, IssueStatus::Unresolved),
        (Substatus::ArchivedUntilConditionMet, IssueStatus::Ignored),
        (Substatus::ArchivedForever, IssueStatus::Ignored),
        (Substatus::Regressed, IssueStatus::Unresolved),
        (Substatus::New, IssueStatus::Unresolved),
    ] {
        for other in IssueStatus::ALL {
            assert_eq!(is_valid_pair(*other, Some(substatus)), *other == status, "{other} {substatus}");
        }
    }
}

#[test]
fn only_open_and_archived_issues_need_a_substatus() {
    let without: Vec<_> = IssueStatus::ALL.iter().filter(|status| is_valid_pair(**status, None)).collect();
    assert!(without.contains(&&IssueStatus::Resolved));
    assert!(!without.contains(&&IssueStatus::Unresolved) && !without.contains(&&IssueStatus::Ignored));
}

#[test]
fn old_words_of_clients_are_understood() {
    assert_eq!(IssueStatus::from_client("muted"), Some(IssueStatus::Ignored));
    assert_eq!(IssueStatus::from_client("pending_merge"), None);
    assert_eq!(Substatus::from_client("forever"), Some(Substatus::ArchivedForever));
    assert_eq!(Substatus::from_client("archived_forever"), Some(Substatus::ArchivedForever));
    assert_eq!(Substatus::from_client("until_condition_met"), Some(Substatus::ArchivedUntilConditionMet));
    assert_eq!(Substatus::from_client("sideways"), None);
}

#[test]
fn issues_that_are_going_away_are_invisible() {
    let hidden: Vec<_> =
        IssueStatus::ALL.iter().filter(|status| !status.is_visible()).map(|s| s.number()).collect();
    assert_eq!(hidden, [3, 4, 5]);
}

#[test]
fn the_first_level_decides_the_priority() {
    for (level, priority) in [
        (Level::Sample, Priority::Low),
        (Level::Debug, Priority::Low),
        (Level::Info, Priority::Low),
        (Level::Warning, Priority::Medium),
        (Level::Error, Priority::High),
        (Level::Fatal, Priority::High),
    ] {
        assert_eq!(level.initial_priority(), priority);
    }
}
