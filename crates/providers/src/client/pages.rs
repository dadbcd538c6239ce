//! Reading lists that come in pages.

use crate::ProviderError;

/// Entries of a page.
pub const PAGE_SIZE: usize = 100;
/// Pages that are read, at most.
const PAGES_MAX: usize = 10;

/// All entries of a list, as far as they are on the first pages. `page` gets the number of a page, from 0 on, and reads up
/// to [`PAGE_SIZE`] entries; one that brings fewer is the last.
pub async fn all_pages<T>(
    page: impl AsyncFn(usize) -> Result<Vec<T>, ProviderError>,
) -> Result<Vec<T>, ProviderError> {
    let mut all = Vec::new();
    for number in 0..PAGES_MAX {
        let found = page(number).await?;
        let is_last = found.len() < PAGE_SIZE;
        all.extend(found);
        if is_last {
            break;
        }
    }
    Ok(all)
}
