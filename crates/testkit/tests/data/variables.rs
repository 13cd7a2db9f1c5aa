//! Scopes and variables: pages, properties, names to evaluate, assignments.

use pausa_dap::events;
use pausa_dap::extensions::AttachArguments;
use pausa_dap::requests::{SetVariable, Variables};
use pausa_dap::types::{SetVariableArguments, ValueFormat, Variable, VariablesArguments};
use pausa_testkit::Result;

use crate::{Stopped, check, named, on_each_python, refusal, same};

/// A list of a million is counted, and listed by the page; to a client that asks for all of it, in portions.
#[test]
fn large_values_come_in_pages() -> Result<()> {
    on_each_python(|python| {
        let stopped = Stopped::at(python, "values", "stop")?;
        let million = stopped.variable("Locals", "million")?;
        same(million.indexed_variables, Some(1_000_000))?;
        let page = stopped.page(million.variables_reference, "indexed", 999_990, 100)?;
        let names: Vec<_> = page.iter().map(|item| item.name.as_str()).collect();
        same((names.len(), names.first().copied(), names.last().copied()), (10, Some("999990"), Some("999999")))?;
        same(page.last().and_then(|item| item.evaluate_name.clone()), Some("million[999999]".into()))?;
        let table = stopped.variable("Locals", "table")?;
        same(table.indexed_variables, Some(100_000))?;
        let page = stopped.page(table.variables_reference, "indexed", 70_000, 2)?;
        let texts: Vec<_> = page.iter().map(|item| format!("{} {}", item.name, item.value)).collect();
        same(texts, vec!["'70000' 70000".to_owned(), "'70001' 70001".to_owned()])?;
        same(stopped.page(table.variables_reference, "named", 0, 0)?.len(), 0)?;

        let portions = stopped.children(&million)?;
        same(portions.len(), 1_000)?;
        let last = portions.last().ok_or("no portion")?;
        same(last.name.as_str(), "[999000..999999]")?;
        same(stopped.child(last, "999123")?.evaluate_name, Some("million[999123]".into()))
    })
}

/// Properties are named, not run, until one of them is opened; nothing in a pane runs code of the program.
#[test]
fn properties_run_when_they_are_opened() -> Result<()> {
    on_each_python(|python| {
        let stopped = Stopped::at(python, "values", "stop")?;
        let account = stopped.variable("Locals", "account")?;
        let children = stopped.children(&account)?;
        same(stopped.evaluate("Account.calls")?, "[]".into())?;
        let balance = named(children.clone(), "balance")?;
        let hint = balance.presentation_hint.clone().ok_or("no hint")?;
        same((hint.lazy, hint.kind.map(|kind| kind.to_string())), (Some(true), Some("property".into())))?;
        let opened = stopped.children(&balance)?;
        same(opened.iter().map(|value| value.value.as_str()).collect(), vec!["[10, 20]"])?;
        same(stopped.evaluate("Account.calls")?, "['balance']".into())?;
        let first = opened.first().ok_or("no value")?;
        same(stopped.child(first, "1")?.evaluate_name, Some("account.balance[1]".into()))?;
        let broken = stopped.children(&named(children.clone(), "broken")?)?;
        same(broken.iter().map(|value| value.value.as_str()).collect(), vec!["raised ValueError: no such thing"])?;
        let kinds = |name: &str| -> Result<Option<String>> {
            let hint = named(children.clone(), name)?.presentation_hint.unwrap_or_default();
            Ok(hint.visibility.map(|visibility| visibility.to_string()))
        };
        same(kinds("name")?, None)?;
        same(kinds("_inner")?, Some("protected".into()))?;
        same(kinds("_Account__secret")?, Some("private".into()))
    })
}

/// Every child that has a name to evaluate is what that name gives.
#[test]
fn names_to_evaluate_are_right() -> Result<()> {
    on_each_python(|python| {
        let stopped = Stopped::at(python, "values", "stop")?;
        let mut names = 0;
        for name in ["odd", "nested", "account", "members", "point", "fixed", "data", "inner", "argument", "rest"] {
            let scope = if name == "inner" { continue } else { "Locals" };
            let variable = stopped.variable(scope, name)?;
            names += check_names(&stopped, &variable, 3)?;
        }
        let shadowed = stopped.variable("Globals", "shadowed")?;
        same(shadowed.value.as_str(), "'global'")?;
        names += check_names(&stopped, &shadowed, 1)?;
        check(names > 30, || format!("only {names} names"))?;
        // A value of an expression is opened as that of the whole expression.
        let sum = stopped.evaluate_in("watch", "[1] + [2]")?;
        let items = stopped.page(sum.variables_reference, "", 0, 0)?;
        same(items[1].evaluate_name.clone(), Some("([1] + [2])[1]".into()))
    })
}

fn check_names(stopped: &Stopped, variable: &Variable, depth: usize) -> Result<usize> {
    let mut names = 0;
    let is_lazy = variable.presentation_hint.as_ref().is_some_and(|hint| hint.lazy == Some(true));
    if let Some(name) = variable.evaluate_name.as_ref().filter(|_| !is_lazy) {
        let value = stopped.evaluate_in("watch", name)?;
        check(value.result == variable.value, || format!("{name} gives {}, not {}", value.result, variable.value))?;
        names += 1;
    } else if !is_lazy {
        return Err(format!("{} has no name to evaluate", variable.name));
    }
    if depth > 0 && variable.variables_reference > 0 && !is_lazy {
        for child in stopped.children(variable)? {
            names += check_names(stopped, &child, depth - 1)?;
        }
    }
    Ok(names)
}

#[test]
fn numbers_can_be_written_in_hex() -> Result<()> {
    on_each_python(|python| {
        let stopped = Stopped::at(python, "values", "stop")?;
        let scope = stopped.scope("Locals")?;
        let format = Some(ValueFormat { hex: Some(true) });
        let arguments =
            VariablesArguments { variables_reference: scope.variables_reference, format, ..Default::default() };
        let variables = stopped.ask::<Variables>(arguments)?.variables;
        same(named(variables.clone(), "number")?.value.as_str(), "0xff")?;
        same(named(variables, "rest")?.value.as_str(), "(0x2,)")
    })
}

fn set(stopped: &Stopped, of: i64, name: &str, value: &str) -> Result<String> {
    let arguments =
        SetVariableArguments { variables_reference: of, name: name.into(), value: value.into(), format: None };
    Ok(stopped.ask::<SetVariable>(arguments)?.value)
}

/// What is assigned in a pane is what the program goes on with.
#[test]
fn assignments_reach_the_program() -> Result<()> {
    on_each_python(|python| {
        let mut stopped = Stopped::at(python, "values", "stop")?;
        stopped.debuggee.set_breakpoints("values.py", &[("after", "", "")])?;
        let (locals, closure) = (stopped.scope("Locals")?, stopped.scope("Closure")?);
        let globals = stopped.scope("Globals")?;
        same(set(&stopped, locals.variables_reference, "number", "argument + 41")?, "42".into())?;
        stopped.debuggee.until::<events::Invalidated>()?;
        same(set(&stopped, closure.variables_reference, "captured", "99")?, "99".into())?;
        same(set(&stopped, globals.variables_reference, "counter", "7")?, "7".into())?;
        let open = |name: &str| stopped.variable("Locals", name).map(|variable| variable.variables_reference);
        same(set(&stopped, open("million")?, "999999", "'end'")?, "'end'".into())?;
        same(set(&stopped, open("odd")?, "\"it's\"", "5")?, "5".into())?;
        same(set(&stopped, open("odd")?, "(1, 'a')", "6")?, "6".into())?;
        same(stopped.evaluate("odd[\"it's\"], odd[(1, 'a')]")?, "(5, 6)".into())?;
        same(set(&stopped, open("account")?, "limit", "77")?, "77".into())?;
        same(set(&stopped, open("account")?, "_Account__secret", "None")?, "None".into())?;
        same(stopped.evaluate("account.slot")?, "77".into())?;
        same(set(&stopped, open("data")?, "0", "72")?, "72".into())?;
        stopped.debuggee.until::<events::Memory>()?;
        for (name, item, word) in
            [("members", "0", "set"), ("rest", "0", "tuple"), ("point", "x", "tuple"), ("fixed", "1", "bytes")]
        {
            let why = refusal(set(&stopped, open(name)?, item, "1"))?;
            check(why.contains(word), || why.clone())?;
        }
        let why = refusal(set(&stopped, locals.variables_reference, "number", "1 +"))?;
        check(why.contains("SyntaxError"), || why.clone())?;
        check(stopped.go_on()?, || "no second stop".into())?;
        same(stopped.evaluate("result[1], result[0][11], result[0][2][999_999], counter")?, "(99, 42, 'end', 7)".into())
    })
}

#[test]
fn scopes_say_what_they_are() -> Result<()> {
    on_each_python(|python| {
        let stopped = Stopped::at(python, "values", "stop")?;
        let scopes = stopped.scopes()?;
        let names: Vec<_> = scopes.iter().map(|scope| scope.name.as_str()).collect();
        same(names, vec!["Locals", "Closure", "Globals"])?;
        let (locals, globals) = (&scopes[0], &scopes[2]);
        same(locals.presentation_hint.as_ref().map(|hint| hint.as_str()), Some("locals"))?;
        check(locals.line < Some(stopped.debuggee.line("stop")?) && locals.end_line > locals.line, || {
            format!("{locals:?}")
        })?;
        same((locals.expensive, globals.expensive), (false, true))?;
        let closure = stopped.page(scopes[1].variables_reference, "", 0, 0)?;
        same(closure.iter().map(|variable| variable.name.as_str()).collect(), vec!["captured"])?;
        check(stopped.variable("Locals", "captured").is_err(), || "captured is among the locals, too".into())?;
        let refused = refusal(stopped.page(locals.variables_reference, "sideways", 0, 0))?;
        check(refused.contains("sideways"), || refused.clone())?;
        let refused = refusal(stopped.page(1, "", 0, 0))?;
        check(refused.contains("is over"), || refused.clone())
    })
}

/// A client that did not claim to know an event does not get it.
#[test]
fn nothing_is_sent_that_was_not_asked_for() -> Result<()> {
    on_each_python(|python| {
        let facts = pausa_dap::types::InitializeRequestArguments { adapter_id: "pausa".into(), ..Default::default() };
        let mut stopped = Stopped::for_client(facts, AttachArguments::default(), python, "values", "stop")?;
        let data = stopped.variable("Locals", "data")?;
        same(data.memory_reference.clone(), None)?;
        set(&stopped, data.variables_reference, "0", "1")?;
        stopped.evaluate_in("repl", "number = 3")?;
        while stopped.go_on()? {}
        let unasked = stopped.debuggee.seen().into_iter().filter(|name| {
            ["invalidated", "memory", "progressStart", "module", "loadedSource"].contains(&name.as_str())
        });
        same(unasked.collect::<Vec<_>>(), Vec::<String>::new())
    })
}
