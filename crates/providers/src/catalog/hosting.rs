//! Where code runs.

use super::{COMMON, described};
use crate::{
    Aspects,
    Feature::{Deployment, Serverless},
    Manifest,
};

pub(super) const AWS_LAMBDA: Manifest = Manifest {
    key: "aws_lambda",
    integration_key: "aws_lambda",
    name: "AWS Lambda",
    description: "Watch Lambda functions without a change to their code: choose the functions of an account and a region, \
                  and the SDK is added to them as a layer.",
    described: &[described(Serverless, "Add the SDK to functions and keep it up to date.")],
    features: &[Serverless],
    report_name: "AWS Lambda",
    ..COMMON
};

pub(super) const VERCEL: Manifest = Manifest {
    key: "vercel",
    integration_key: "vercel",
    name: "Vercel",
    can_add: false,
    description: "Connect projects of Vercel, so that each deployment there becomes a release here.",
    described: &[described(
        Deployment,
        "Set the variables that the SDK needs in the projects that you choose, and make a release of every deployment.",
    )],
    features: &[Deployment],
    aspects: Aspects {
        external_install: Some((
            "https://vercel.com/integrations/sentry/add",
            "Vercel Marketplace",
            "Begin in the marketplace of Vercel, choose the account and its projects there, and you are led back here to \
             connect them.",
        )),
        configure_title: Some("Connect Your Projects"),
        ..Aspects::NONE
    },
    report_name: "Vercel Integration",
    ..COMMON
};
