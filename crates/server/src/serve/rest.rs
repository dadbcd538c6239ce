//! The rest of a body that nobody reads. A client that is refused before its body was read is mostly still writing it;
//! closing the connection then would cut the client off before it reads why. So what is left is read and dropped, within
//! bounds, and the connection stays good.

use std::{
    future::poll_fn,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::body::HttpBody;
use http::{Request, header};
use hyper::body::{Bytes, Frame, Incoming, SizeHint};

/// How much of a body is read for nothing, bytes. Who sends more is cut off.
const REST_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How long reading for nothing may take.
const REST_TIME_MAX: Duration = Duration::from_secs(10);

/// A body whose rest is read when it is dropped.
#[derive(Debug)]
pub(super) struct WithRest {
    body: Option<Incoming>,
    reads_rest: bool,
}

/// Gives the request such a body.
pub(super) fn with_rest(request: Request<Incoming>) -> Request<WithRest> {
    // Who waits to be told before sending sends nothing after a refusal.
    let reads_rest = !request.headers().contains_key(header::EXPECT);
    request.map(|body| WithRest { body: Some(body), reads_rest })
}

impl HttpBody for WithRest {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match &mut self.body {
            Some(body) => Pin::new(body).poll_frame(cx),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
    }
}

impl Drop for WithRest {
    fn drop(&mut self) {
        let Some(body) = self.body.take().filter(|body| self.reads_rest && !body.is_end_stream()) else {
            return;
        };
        // Outside a runtime there is no connection either.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(tokio::time::timeout(REST_TIME_MAX, read_rest(body)));
        }
    }
}

async fn read_rest(mut body: Incoming) {
    let mut bytes_left = REST_BYTES_MAX;
    while let Some(Ok(frame)) = poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let length = frame.data_ref().map_or(0, Bytes::len);
        let Some(left) = bytes_left.checked_sub(length) else { return };
        bytes_left = left;
    }
}
