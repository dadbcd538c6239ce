//! Where people are woken up.

use super::{COMMON, described};
use crate::{
    Aspects,
    Feature::{AlertRule, EnterpriseAlertRule, EnterpriseIncidentManagement, IncidentManagement},
    Manifest,
};

pub(super) const OPSGENIE: Manifest = Manifest {
    key: "opsgenie",
    integration_key: "opsgenie",
    name: "Opsgenie",
    description: "Wake up the right people: alert rules open alerts in Opsgenie for the team that you choose, with the \
                  priority that you choose.",
    described: &[
        described(
            EnterpriseIncidentManagement,
            "Open and close alerts in Opsgenie as metric alerts come and go.",
        ),
        described(EnterpriseAlertRule, "Send an Opsgenie alert to a team when an alert rule fires."),
    ],
    features: &[AlertRule, IncidentManagement],
    report_name: "",
    ..COMMON
};

pub(super) const PAGERDUTY: Manifest = Manifest {
    key: "pagerduty",
    integration_key: "pagerduty",
    name: "PagerDuty",
    dialog: (600, 900),
    description: "Wake up the right people: alert rules trigger PagerDuty services with the severity that you choose.",
    described: &[
        described(
            IncidentManagement,
            "Trigger and resolve incidents in PagerDuty as metric alerts come and go.",
        ),
        described(
            AlertRule,
            "Trigger a PagerDuty service when an alert rule fires, for the issues that you choose.",
        ),
    ],
    features: &[AlertRule, IncidentManagement],
    aspects: Aspects {
        alerts: &[(
            "info",
            None,
            "A service of PagerDuty can be used here once it has this integration. Add the integration to each service \
             that alert rules shall trigger.",
        )],
        ..Aspects::NONE
    },
    report_name: "PagerDuty Integration",
    ..COMMON
};
