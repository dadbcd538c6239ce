//! Reading values that are texts in flags and variables but may be lists in the file.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use mortise_crypto::SecretString;
use mortise_domain::PublicUrl;
use serde::{Deserialize, Deserializer, de::Error};

#[derive(Deserialize)]
#[serde(untagged)]
enum TextOrList {
    Text(String),
    List(Vec<String>),
}

/// Networks with commas between, or a list of them. An address alone is the network of that address.
pub(super) fn networks<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<IpNet>, D::Error> {
    let texts = match TextOrList::deserialize(from)? {
        TextOrList::Text(text) => text.split(',').map(str::to_owned).collect(),
        TextOrList::List(list) => list,
    };
    texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty()).map(network).collect()
}

fn network<E: Error>(text: &str) -> Result<IpNet, E> {
    let address = || text.parse::<IpAddr>().ok().map(IpNet::from);
    let network = text.parse().ok().or_else(address);
    network.ok_or_else(|| E::custom(format!("{text:?} is not a network such as 10.0.0.0/8")))
}

/// Bytes that a shared secret has at least: fewer can be guessed.
const SHARED_SECRET_BYTES_MIN: usize = 16;

/// Secrets with commas between, or a list of them. What is wrong is told without showing any.
pub(super) fn secrets<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<SecretString>, D::Error> {
    let texts = match TextOrList::deserialize(from)? {
        TextOrList::Text(text) => text.split(',').map(str::to_owned).collect(),
        TextOrList::List(list) => list,
    };
    let texts = texts.iter().map(|text| text.trim()).filter(|text| !text.is_empty());
    texts.map(secret).collect()
}

fn secret<E: Error>(text: &str) -> Result<SecretString, E> {
    if text.len() < SHARED_SECRET_BYTES_MIN {
        return Err(E::custom(format!("a secret has fewer than {SHARED_SECRET_BYTES_MIN} bytes")));
    }
    Ok(text.to_owned().into())
}

/// Where to listen.
pub(super) fn address<'de, D: Deserializer<'de>>(from: D) -> Result<SocketAddr, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(|_| D::Error::custom(format!("{text:?} is not an address such as 127.0.0.1:8000")))
}

/// A public URL.
pub(super) fn url<'de, D: Deserializer<'de>>(from: D) -> Result<Option<PublicUrl>, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map(Some).map_err(|error| D::Error::custom(format!("{text:?}: {error}")))
}

/// A text that is a number to some.
pub(super) fn text_or_number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum TextOrNumber {
        Text(String),
        Number(u64),
    }
    Ok(Some(match TextOrNumber::deserialize(from)? {
        TextOrNumber::Text(text) => text,
        TextOrNumber::Number(number) => number.to_string(),
    }))
}
