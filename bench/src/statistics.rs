//! Medians, spreads and paired ratios of what was measured in turns.
//!
//! Called by `page`, `rounds` and `start`. Invariant: every figure comes from pairs of one turn, so that what else the
//! machine did at the time touches both sides; an empty list has no figure.

/// A median with the quartiles around it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// A quarter of the values is below it.
    pub low: f64,
    /// The middle one.
    pub median: f64,
    /// A quarter of the values is above it.
    pub high: f64,
    /// How many values there are.
    pub count: usize,
}

/// The spread of some values.
pub fn spread(values: impl IntoIterator<Item = f64>) -> Option<Spread> {
    let mut values: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    Some(Spread {
        low: quantile(&values, 0.25)?,
        median: quantile(&values, 0.5)?,
        high: quantile(&values, 0.75)?,
        count: values.len(),
    })
}

/// The value below which `part` of the sorted `values` lie, interpolated.
fn quantile(values: &[f64], part: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let at = part * last as f64;
    let below = values.get(at.floor() as usize)?;
    let above = values.get(at.ceil() as usize)?;
    Some(below + (above - below) * at.fract())
}

/// What `values` cost as a multiple of `plain`, turn by turn. The longer list's further turns have no pair.
pub fn ratios(values: &[f64], plain: &[f64]) -> Option<Spread> {
    spread(values.iter().zip(plain).map(|(value, plain)| value / plain))
}

/// What `values` cost more than `plain`, turn by turn.
pub fn differences(values: &[f64], plain: &[f64]) -> Option<Spread> {
    spread(values.iter().zip(plain).map(|(value, plain)| value - plain))
}

/// The geometric mean, which is the right mean of ratios.
pub fn geometric_mean(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let (sum, count) = values.into_iter().fold((0.0, 0), |(sum, count), value| (sum + value.ln(), count + 1));
    (count > 0).then(|| (sum / f64::from(count)).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(value: f64, expected: f64) {
        assert!((value - expected).abs() < 1e-9, "{value} is not {expected}");
    }

    #[test]
    fn a_spread_is_the_median_and_its_quartiles() {
        let spread = spread([5.0, 1.0, 4.0, 2.0, 3.0]).unwrap();
        close(spread.low, 2.0);
        close(spread.median, 3.0);
        close(spread.high, 4.0);
        assert_eq!(spread.count, 5);
        close(super::spread([1.0, 2.0]).unwrap().median, 1.5);
        assert_eq!(super::spread([]), None);
        assert_eq!(super::spread([f64::NAN]), None);
    }

    #[test]
    fn what_slows_both_sides_of_a_pair_changes_no_ratio() {
        // Twice as slow throughout, on a machine that is three times slower in every other turn.
        let plain = [1.0, 3.0, 1.0, 3.0, 1.0];
        let slow: Vec<f64> = plain.iter().map(|time| time * 2.0).collect();
        let ratio = ratios(&slow, &plain).unwrap();
        close(ratio.low, 2.0);
        close(ratio.high, 2.0);
        close(differences(&slow, &plain).unwrap().median, 1.0);
    }

    #[test]
    fn turns_without_a_pair_are_left_out() {
        assert_eq!(ratios(&[4.0], &[2.0, 1.0, 1.0]).unwrap().count, 1);
        assert_eq!(ratios(&[], &[1.0]), None);
    }

    #[test]
    fn the_mean_of_a_ratio_and_its_inverse_is_one() {
        close(geometric_mean([4.0, 0.25]).unwrap(), 1.0);
        assert_eq!(geometric_mean([]), None);
    }
}
