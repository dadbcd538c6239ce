//! Other sides whose certificate nobody vouches for.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpListener},
    sync::Arc,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use mortise_egress::{AddressGuard, CallError, EgressConfig, Method, Request};
use rustls::{
    ServerConfig, ServerConnection, Stream,
    pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer},
};

use crate::peer::{LIMITS, egress, local};

/// A certificate that signed itself, for 127.0.0.1. Its key is used nowhere else.
const CERTIFICATE: &str = "\
    MIIBhTCCASygAwIBAgIUJtm4pJ0X58S/0uy9rQcuHbytaKEwCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEc2VsZjAgFw0yNjExMjIw\
    OTM0MjdaGA8yMTI2MTAyOTA5MzQyN1owDzENMAsGA1UEAwwEc2VsZjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPoDAGkITohj\
    9zCTCPEREPWYph9nUg6nwcAe5IiFPOJEfsZo377nYe2egnQG70MHAC4rphuPSWqH8GZnnfGzqjGjZDBiMB0GA1UdDgQWBBSnAqlp\
    HPnipPw0yqC1OJ4kBIdImjAfBgNVHSMEGDAWgBSnAqlpHPnipPw0yqC1OJ4kBIdImjAPBgNVHRMBAf8EBTADAQH/MA8GA1UdEQQI\
    MAaHBH8AAAEwCgYIKoZIzj0EAwIDRwAwRAIgSwGbYptmxdyN0Iqz6aR9hmQRlW4PWk9OU3Nc+NrtceMCIHMteMnZFrmSTvSuWaCM\
    DVPGJpSh+JWwUuBheMGpfJin";
const KEY: &str = "\
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg9pUtz0/cmJuN+CTI2xCffYdg65lkv1tc4xen8PHfe6ChRANCAAT6\
    AwBpCE6IY/cwkwjxERD1mKYfZ1IOp8HAHuSIhTziRH7GaN++52HtnoJ0Bu9DBwAuK6Ybj0lqh/BmZ53xs6ox";

/// A listener with that certificate; it says the same to everybody.
fn listener() -> SocketAddr {
    let bytes = |text: &str| STANDARD.decode(text).expect("base64");
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(bytes(KEY)));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(bytes(CERTIFICATE))], key)
        .expect("a certificate with its key");
    let (config, listener) = (Arc::new(config), TcpListener::bind("127.0.0.1:0").expect("a free port"));
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut connection = ServerConnection::new(Arc::clone(&config)).expect("a connection");
            let mut tls = Stream::new(&mut connection, &mut stream);
            // Who does not trust the certificate is gone by now.
            if tls.read(&mut [0; 4096]).is_ok() {
                let _ = tls.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi");
                connection.send_close_notify();
                let _ = connection.complete_io(&mut stream);
            }
        }
    });
    address
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_refused_unless_the_request_takes_any() {
    let url = format!("https://{}/", listener());
    let client = local();
    let request = || Request::new(Method::GET, &url);
    let answer = client.call(request().any_certificate()).await.unwrap();
    assert_eq!((answer.status.as_u16(), &*answer.text()), (200, "hi"));
    // That one request took it changes nothing for the next.
    let refused = client.call(request()).await.unwrap_err().error;
    assert!(matches!(refused, CallError::Tls { .. }), "{refused:?}");
}

#[tokio::test]
async fn who_takes_any_certificate_does_not_take_any_address() {
    let url = format!("https://{}/", listener());
    let guarded = egress(EgressConfig::new(AddressGuard::public_only(), "Mortise/test", LIMITS));
    let refused = guarded.call(Request::new(Method::GET, &url).any_certificate()).await.unwrap_err().error;
    assert!(matches!(refused, CallError::BlockedAddress { .. }), "{refused:?}");
}
