//! Plugins that tell of issues when a rule fires.

use super::{COMMON, FieldChoices, FieldDefault, LINKS, PluginKind, PluginManifest, field, secret};

const INCIDENTS: &str = "incident-management";
const RULES: &str = "alert-rule";
const MOBILE: &str = "mobile";
const BY_RULES: &str = "Say with alert rules which issues are told of, and when.";

const NOTIFICATION: PluginManifest = PluginManifest { kind: PluginKind::Notification, ..COMMON };

pub(super) const OPSGENIE: PluginManifest = PluginManifest {
    slug: "opsgenie",
    name: "Opsgenie",
    description: Some(
        "\nOpens alerts in Opsgenie when an alert rule fires.\n\nThere is one alert for each issue, however often its rules \
         fire; it carries the tags of the event and a link to the issue.\n",
    ),
    described: &[
        (INCIDENTS, "Let Opsgenie call whoever is on duty when something breaks."),
        (RULES, BY_RULES),
    ],
    fields: &[
        field("api_key", "Api Key", "text").help("The key with which alerts are opened in Opsgenie."),
        field("recipients", "Recipients", "text")
            .optional()
            .help("Users and groups that are told, with commas between."),
        field("alert_url", "Opsgenie Alert URL", "url")
            .placeholder("e.g. https://api.opsgenie.com/v2/alerts")
            .help("This server must be able to reach it."),
    ],
    required_field: Some("api_key"),
    is_hidden: true,
    ..NOTIFICATION
};

pub(super) const PAGERDUTY: PluginManifest = PluginManifest {
    slug: "pagerduty",
    name: "PagerDuty",
    description: Some("Opens incidents in PagerDuty."),
    described: &[(INCIDENTS, "Let PagerDuty call whoever is on duty when something breaks."), (RULES, BY_RULES)],
    fields: &[
        secret("service_key", "Service Key").help("The integration key of a service in PagerDuty."),
        field("routes", "Tag routing", "textarea")
            .optional()
            .placeholder("environment,production,KEY1\ndevice,Other,KEY2")
            .help(
                "Sends events to other services by their tags. A line has a tag, its value and the key of a service, \
                 with commas between; the first line that fits an event decides, and where none does, it is the key above.",
            ),
    ],
    required_field: Some("service_key"),
    is_hidden: true,
    ..NOTIFICATION
};

pub(super) const PUSHOVER: PluginManifest = PluginManifest {
    slug: "pushover",
    name: "Pushover",
    description: Some(
        "\nSends alerts to telephones, tablets and desktops with Pushover.\n\nEach comes with the tags of the event and a link \
         to the issue.\n",
    ),
    described: &[(MOBILE, "Get alerts on a telephone that has the app of Pushover."), (RULES, BY_RULES)],
    fields: &[
        secret("userkey", "User Key").help("The key of a user or a group. See https://pushover.net/"),
        secret("apikey", "API Key").help("The token of an application. See https://pushover.net/apps/"),
        field("priority", "Message Priority", "choice").default(FieldDefault::Text("0")).choices(
            FieldChoices::Of(&[
                ("-2", "Lowest"),
                ("-1", "Low"),
                ("0", "Normal"),
                ("1", "High"),
                ("2", "Emergency"),
            ]),
        ),
        field("retry", "Retry", "number")
            .optional()
            .placeholder("e.g. 30")
            .help("Seconds between repetitions of a message with the priority \"Emergency\", at least 30."),
        field("expire", "Expire", "number")
            .optional()
            .placeholder("e.g. 9000")
            .help("Seconds for which a message with the priority \"Emergency\" is repeated, at most 10800."),
    ],
    required_field: Some("apikey"),
    ..NOTIFICATION
};

pub(super) const SLACK: PluginManifest = PluginManifest {
    slug: "slack",
    name: "Slack",
    description: Some("Posts alerts to a channel in Slack."),
    described: &[(
        RULES,
        "Post to a channel when an alert rule fires: for an error that comes more than a hundred times a minute, say, to \
         `#critical-errors`.",
    )],
    fields: &[
        field("webhook", "Webhook URL", "url")
            .placeholder("e.g. https://hooks.slack.com/services/000000000/000000000/00000000000000000")
            .help("The address of an incoming webhook in Slack."),
        field("username", "Bot Name", "string")
            .optional()
            .placeholder("e.g. Sentry")
            .default(FieldDefault::Text("Sentry"))
            .help("Who messages come from."),
        field("icon_url", "Icon URL", "url")
            .optional()
            .help("A picture of 32 pixels that stands beside messages."),
        field("channel", "Destination", "string")
            .optional()
            .placeholder("e.g. #engineering")
            .help("A #channel or a @user instead of the webhook's own."),
        field("custom_message", "Custom Message", "string")
            .optional()
            .placeholder("e.g. Hey <!everyone> there is something wrong")
            .help("What every message says besides; Slack's formatting works."),
        field("include_tags", "Include Tags", "bool").optional().help("Shows the tags of the event."),
        field("included_tag_keys", "Included Tags", "string")
            .optional()
            .help("Only these tags, with commas between; all of them where it is empty."),
        field("excluded_tag_keys", "Excluded Tags", "string")
            .optional()
            .help("Not these tags, with commas between."),
        field("include_rules", "Include Rules", "bool").optional().help("Shows the rules that fired."),
        field("exclude_project", "Exclude Project Name", "bool")
            .optional()
            .default(FieldDefault::No)
            .help("Leaves out the name of the project."),
        field("exclude_culprit", "Exclude Culprit", "bool")
            .optional()
            .default(FieldDefault::No)
            .help("Leaves out where the error happened."),
    ],
    required_field: Some("webhook"),
    is_hidden: true,
    ..NOTIFICATION
};

pub(super) const TWILIO: PluginManifest = PluginManifest {
    slug: "twilio",
    name: "Twilio (SMS)",
    description: Some(
        "\nSends alerts as text messages.\n\nThey are handed to Twilio, which passes them to up to ten telephones anywhere.\n",
    ),
    described: &[(MOBILE, "Get alerts as text messages, on any telephone."), (RULES, BY_RULES)],
    fields: &[
        field("account_sid", "Account SID", "text"),
        field("auth_token", "Auth Token", "secret"),
        field("sms_from", "SMS From #", "text")
            .placeholder("e.g. 3305093095")
            .help("The number that sends; digits."),
        field("sms_to", "SMS To #s", "textarea")
            .placeholder("e.g. 3305093095, 5555555555")
            .help("The numbers that receive, with commas or lines between."),
    ],
    required_field: Some("account_sid"),
    links: &[
        ("Documentation", "/docs/apps/plugins.md"),
        ("Report Issue", "/issues"),
        ("View Source", "/"),
        ("Twilio", "https://www.twilio.com/"),
    ],
    ..NOTIFICATION
};

pub(super) const VICTOROPS: PluginManifest = PluginManifest {
    slug: "victorops",
    name: "VictorOps",
    description: Some(
        "\nOpens incidents in VictorOps, which is now Splunk On-Call, when an alert rule fires.\n\nThere is one incident for \
         each issue; how grave it is follows from the level of the event.\n",
    ),
    described: &[
        (INCIDENTS, "Let VictorOps call whoever is on duty when something breaks."),
        (RULES, BY_RULES),
    ],
    fields: &[
        secret("api_key", "API Key").help("The key of the integration in VictorOps."),
        field("routing_key", "Routing Key", "string").optional().default(FieldDefault::Text("everyone")),
    ],
    required_field: Some("api_key"),
    ..NOTIFICATION
};

pub(super) const WEBHOOKS: PluginManifest = PluginManifest {
    slug: "webhooks",
    name: "WebHooks",
    description: Some(
        "\nPosts the event to your own addresses when an alert rule fires.\n\nWhere many projects need that, an internal \
         integration does it for all of them, signed.\n",
    ),
    described: &[(RULES, "Send a request to any address when an alert rule fires.")],
    fields: &[field("urls", "Callback URLs", "textarea")
        .optional()
        .placeholder("https://sentry.io/callback/url")
        .help("Where events are posted to, one address in each line.")],
    required_field: Some("urls"),
    links: &[LINKS[0], LINKS[1], ("Internal Integrations", "/docs/apps/README.md")],
    ..NOTIFICATION
};
