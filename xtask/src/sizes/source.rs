//! One source file, measured: its syntax tree is walked once for functions and for public items. Test modules count as
//! functions but not as public items.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Visibility};

/// What was measured.
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) lines: usize,
    pub(super) functions: Vec<Function>,
    /// Public functions, types, traits and their methods, constants and macros.
    pub(super) public: usize,
    /// Those of them with a doc comment.
    pub(super) documented: usize,
}

pub(super) struct Function {
    pub(super) name: String,
    /// From its signature to its closing brace.
    pub(super) lines: usize,
}

impl Source {
    pub(super) fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        Self::parse(path, &text)
    }

    fn parse(path: &Path, text: &str) -> Result<Self> {
        let tree = syn::parse_file(text).with_context(|| path.display().to_string())?;
        let lines = text.lines().count();
        let mut source =
            Self { path: path.to_path_buf(), lines, functions: Vec::new(), public: 0, documented: 0 };
        source.visit_file(&tree);
        Ok(source)
    }

    fn function(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let first = signature.span().start().line;
        let last = block.span().end().line;
        self.functions.push(Function { name: signature.ident.to_string(), lines: last + 1 - first });
    }

    fn item(&mut self, is_public: bool, attributes: &[Attribute]) {
        if is_public {
            self.public += 1;
            self.documented +=
                usize::from(attributes.iter().any(|attribute| attribute.path().is_ident("doc")));
        }
    }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

impl<'ast> Visit<'ast> for Source {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        use syn::Item;
        let (visibility, attributes) = match item {
            Item::Fn(item) => (&item.vis, &item.attrs),
            Item::Struct(item) => (&item.vis, &item.attrs),
            Item::Enum(item) => (&item.vis, &item.attrs),
            Item::Union(item) => (&item.vis, &item.attrs),
            Item::Trait(item) => (&item.vis, &item.attrs),
            Item::Type(item) => (&item.vis, &item.attrs),
            Item::Const(item) => (&item.vis, &item.attrs),
            Item::Static(item) => (&item.vis, &item.attrs),
            _ => return visit::visit_item(self, item),
        };
        self.item(is_public(visibility), attributes);
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let public = (self.public, self.documented);
        visit::visit_item_mod(self, module);
        if module.attrs.iter().any(|attribute| attribute.path().is_ident("cfg")) {
            (self.public, self.documented) = public;
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        // A trait says once what its methods are for; implementations need not repeat it.
        for member in item.items.iter().filter(|_| item.trait_.is_none()) {
            match member {
                syn::ImplItem::Fn(method) => self.item(is_public(&method.vis), &method.attrs),
                syn::ImplItem::Const(constant) => self.item(is_public(&constant.vis), &constant.attrs),
                _ => {}
            }
        }
        visit::visit_item_impl(self, item);
    }

    fn visit_impl_item_fn(&mut self, method: &'ast syn::ImplItemFn) {
        self.function(&method.sig, &method.block);
        visit::visit_impl_item_fn(self, method);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        for member in &item.items {
            if let syn::TraitItem::Fn(method) = member {
                self.item(is_public(&item.vis), &method.attrs);
            }
        }
        visit::visit_item_trait(self, item);
    }

    fn visit_trait_item_fn(&mut self, method: &'ast syn::TraitItemFn) {
        if let Some(block) = &method.default {
            self.function(&method.sig, block);
        }
        visit::visit_trait_item_fn(self, method);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(text: &str) -> Source {
        Source::parse(Path::new("sample.rs"), text).unwrap()
    }

    #[test]
    fn functions_are_measured_from_signature_to_closing_brace() {
        let source = measure("/// Doc.\n#[must_use]\nfn three() {\n    one();\n}\nfn one() {}\n");
        let lengths: Vec<_> = source.functions.iter().map(|f| (f.name.as_str(), f.lines)).collect();
        assert_eq!(lengths, [("three", 3), ("one", 1)]);
        assert_eq!(source.lines, 6);
    }

    #[test]
    fn public_items_and_methods_are_counted_with_their_documentation() {
        let source = measure(
            "/// Doc.\npub struct A;\nimpl A {\n/// Doc.\npub fn told(&self) {}\npub fn untold(&self) {}\nfn own() {}\n}\n\
             pub(crate) fn inner() {}\nimpl Clone for A { fn clone(&self) -> A { A } }",
        );
        assert_eq!((source.public, source.documented), (3, 2));
    }

    #[test]
    fn test_modules_have_no_public_items() {
        let source = measure("#[cfg(test)]\nmod tests { pub fn help() {} }");
        assert_eq!((source.public, source.functions.len()), (0, 1));
    }
}
