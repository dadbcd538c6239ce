use std::{io, net::IpAddr};

use mortise_egress::{AddressGuard, CallError, EgressConfig, Lookup, LookupFuture, Method, Request};

use crate::peer::{LIMITS, egress, says};

/// Answers every name with the same addresses.
struct Fixed(&'static [&'static str]);

impl Lookup for Fixed {
    fn lookup(&self, _host: &str) -> LookupFuture {
        let addresses: Vec<IpAddr> = self.0.iter().filter_map(|text| text.parse().ok()).collect();
        Box::pin(async move { Ok(addresses) })
    }
}

struct Broken;

impl Lookup for Broken {
    fn lookup(&self, _host: &str) -> LookupFuture {
        Box::pin(async { Err(io::Error::other("no such name")) })
    }
}

async fn call(guard: AddressGuard, lookup: impl Lookup, url: String) -> Result<u16, CallError> {
    let egress = egress(EgressConfig::new(guard, "Mortise/test", LIMITS).with_lookup(lookup));
    let result = egress.call(Request::new(Method::GET, url)).await;
    result.map(|answer| answer.status.as_u16()).map_err(|failed| failed.error)
}

#[tokio::test]
async fn a_name_leads_to_the_address_that_was_checked() {
    let address = says("HTTP/1.1 204 No Content\r\n\r\n").await;
    let url = format!("http://receiver.test:{}/", address.port());
    assert_eq!(call(AddressGuard::public_only().allow_loopback(), Fixed(&["127.0.0.1"]), url).await, Ok(204));
}

#[tokio::test]
async fn one_blocked_address_among_the_answers_refuses_the_call() {
    for answers in [
        &["127.0.0.1"][..],
        &["93.184.215.14", "10.0.0.1"],
        &["::ffff:10.0.0.1", "93.184.215.14"],
        &["2606:2800:21f:cb07:6820:80da:af6b:8b2c", "fd00::1"],
    ] {
        let result = call(AddressGuard::public_only(), Fixed(answers), "http://rebind.test/".into()).await;
        assert!(matches!(result, Err(CallError::BlockedAddress { .. })), "{answers:?}: {result:?}");
    }
}

#[tokio::test]
async fn the_system_s_own_names_are_checked_as_well() {
    for host in ["localhost", "LOCALHOST"] {
        let egress = egress(EgressConfig::new(AddressGuard::public_only(), "Mortise/test", LIMITS));
        let failed = egress.call(Request::new(Method::GET, format!("http://{host}/"))).await.unwrap_err();
        assert_eq!(failed.error.kind(), "blocked_address", "{host}");
    }
}

#[tokio::test]
async fn names_without_an_address_are_dns_failures() {
    for result in [
        call(AddressGuard::public_only(), Broken, "http://nowhere.test/".into()).await,
        call(AddressGuard::public_only(), Fixed(&[]), "https://nowhere.test/".into()).await,
    ] {
        assert!(matches!(&result, Err(CallError::Dns { host, .. }) if host == "nowhere.test"), "{result:?}");
    }
}

async fn check(lookup: impl Lookup, url: &str) -> Result<(), CallError> {
    let config = EgressConfig::new(AddressGuard::public_only(), "Mortise/test", LIMITS).with_lookup(lookup);
    egress(config).check(url).await
}

/// Never answers.
struct Silent;

impl Lookup for Silent {
    fn lookup(&self, _host: &str) -> LookupFuture {
        Box::pin(std::future::pending())
    }
}

#[tokio::test]
async fn an_address_that_is_kept_for_later_is_refused_for_its_form_and_for_where_it_leads() {
    let public = &["93.184.215.14"][..];
    assert_eq!(check(Fixed(public), "https://receiver.test/hook").await, Ok(()));
    for url in ["no url", "ftp://receiver.test/", "http://user:pass@receiver.test/", "http://.../"] {
        let refused = check(Fixed(public), url).await;
        assert!(matches!(refused, Err(CallError::InvalidUrl { .. })), "{url}: {refused:?}");
    }
    for url in ["http://10.0.0.1/", "http://[::1]/", "http://2130706433/"] {
        let refused = check(Fixed(public), url).await;
        assert!(matches!(refused, Err(CallError::BlockedAddress { .. })), "{url}: {refused:?}");
    }
    let refused = check(Fixed(&["93.184.215.14", "10.0.0.1"]), "http://rebind.test/").await;
    assert!(matches!(refused, Err(CallError::BlockedAddress { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_name_that_is_not_found_now_may_be_kept_for_later() {
    assert_eq!(check(Broken, "http://nowhere.test/").await, Ok(()));
    assert_eq!(check(Fixed(&[]), "http://nowhere.test/").await, Ok(()));
    assert_eq!(check(Silent, "http://slow.test/").await, Ok(()));
}
