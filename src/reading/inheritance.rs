//! What styles take over from those that they are based on, in docx and doc alike.

use std::collections::BTreeMap;

use super::Reason;

/// Every style with all that it inherits: `apply` puts what a style says itself on top of its base, once for each style. Where bases
/// run in a circle, they end where it would repeat itself.
pub(super) fn resolve<K: Copy + Ord, D, R: Clone + Default>(
    definitions: &BTreeMap<K, D>,
    base: impl Fn(&D) -> Option<K>,
    mut apply: impl FnMut(K, &D, &mut R) -> Result<(), Reason>,
) -> Result<BTreeMap<K, R>, Reason> {
    let mut resolved: BTreeMap<K, R> = BTreeMap::new();
    for start in definitions.keys() {
        // Up the chain to a style already resolved, to its end, or to where it bites its tail.
        let mut chain = Vec::new();
        let mut next = Some(*start);
        while let Some(key) = next.filter(|key| !resolved.contains_key(key))
            && let Some(definition) = definitions.get(&key)
        {
            // Marks the style as visited; it is filled in on the way down.
            resolved.insert(key, R::default());
            chain.push((key, definition));
            next = base(definition);
        }
        for (key, definition) in chain.into_iter().rev() {
            let mut style = base(definition).and_then(|base| resolved.get(&base).cloned()).unwrap_or_default();
            apply(key, definition, &mut style)?;
            resolved.insert(key, style);
        }
    }
    Ok(resolved)
}
