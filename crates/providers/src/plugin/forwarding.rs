//! Plugins that hand on every event.

use super::{COMMON, FieldChoices, FieldDefault, LINKS, PluginKind, PluginManifest, field};

const FORWARDING: PluginManifest = PluginManifest { kind: PluginKind::DataForwarding, ..COMMON };
const GATE: &str = "data-forwarding";

/// The regions of AWS, sorted.
const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];

pub(super) const AMAZON_SQS: PluginManifest = PluginManifest {
    slug: "amazon-sqs",
    name: "Amazon SQS",
    description: Some(
        "\nPuts events into a queue of Amazon SQS, from where anything can take them.\n\nThis server keeps the settings, but \
         does not put anything into the queue.\n",
    ),
    described: &[(GATE, "Hand on every event to a queue.")],
    fields: &[
        field("queue_url", "Queue URL", "url").placeholder("https://sqs.us-east-1.amazonaws.com/12345678/myqueue"),
        field("region", "Region", "select").choices(FieldChoices::Words(REGIONS)),
        field("access_key", "Access Key", "text").placeholder("Access Key"),
        field("secret_key", "Secret Key", "secret"),
        field("message_group_id", "Message Group ID", "text")
            .optional()
            .placeholder("Required for FIFO queues, exclude for standard queues"),
        field("s3_bucket", "S3 Bucket", "text").optional().placeholder("s3-bucket").help(
            "A bucket in which events are kept, so that the queue gets only an address and an id instead of a whole event, \
             which may be too large for it.",
        ),
    ],
    required_field: Some("queue_url"),
    ..FORWARDING
};

pub(super) const SEGMENT: PluginManifest = PluginManifest {
    slug: "segment",
    name: "Segment",
    description: Some(
        "\nHands on the errors of known users to Segment.\n\nThis server keeps the settings, but does not send anything to \
         Segment.\n",
    ),
    described: &[(GATE, "Hand on errors to Segment.")],
    fields: &[field("write_key", "Write Key", "secret").help("The write key of a source in Segment.")],
    required_field: Some("write_key"),
    ..FORWARDING
};

pub(super) const SPLUNK: PluginManifest = PluginManifest {
    slug: "splunk",
    name: "Splunk",
    description: Some(
        "\nHands on events to Splunk.\n\nThis server keeps the settings, but does not send anything to Splunk.\n",
    ),
    described: &[(GATE, "Hand on events to Splunk.")],
    fields: &[
        field("instance", "Instance URL", "url")
            .placeholder("e.g. https://input-foo.cloud.splunk.com:8088")
            .help("Where the HTTP Event Collector of your Splunk listens."),
        field("index", "Index", "string").default(FieldDefault::Text("main")),
        field("source", "Source", "string").default(FieldDefault::Text("sentry")),
        field("token", "Token", "secret"),
    ],
    required_field: Some("instance"),
    links: &[("Splunk Setup Instructions", "/docs/apps/plugins.md"), LINKS[0], LINKS[1]],
    ..FORWARDING
};
