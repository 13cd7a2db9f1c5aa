//! The session's flow against an agent that plays a program.

mod fake;

use fake::{Play, talk, talk_with};

use super::Settings;

fn entry() -> Play {
    Play::stop("entry", 1)
}

#[test]
fn stop_look_step_and_end() {
    let said = talk(vec![entry(), Play::hit(6), Play::stop("step", 7), Play::End(3)], "b 6\nc\nw\np x\nn\nc\n");
    assert_eq!(
        said.screen,
        "Stopped at entry: prog.py:1 in f\n-> 1  line 1\n\
         (pausa) Breakpoint 1 at prog.py:6\n\
         (pausa) Breakpoint 1: prog.py:6 in f\n-> 6  line 6\n\
         (pausa)   prog.py:20 in <module>\n      line 20\n> prog.py:6 in f\n      line 6\n\
         (pausa) <pausa:expression x>\n\
         (pausa) Step: prog.py:7 in f\n-> 7  line 7\n\
         (pausa) The program ended with exit code 3.\n\
         (pausa) \n"
    );
    assert_eq!(said.code, 3);
}

#[test]
fn leaving_before_the_end_kills_and_gives_0() {
    for (typed, words) in [("q\n", ""), ("", "\nThe program was still running and is killed.\n")] {
        let said = talk(vec![entry()], typed);
        assert_eq!(said.screen, format!("Stopped at entry: prog.py:1 in f\n-> 1  line 1\n(pausa) {words}"));
        assert_eq!((said.code, said.killed), (0, 1));
    }
}

#[test]
fn breakpoints_move_wait_and_are_refused() {
    let said = talk(vec![entry()], "b 9\nb later.py:3\nb 2000\nb 6 if\nb f(\nb\nq\n");
    said.has("Breakpoint 1 at prog.py:10 (moved from line 9, which has no code)");
    said.has("Breakpoint 2 pending: later.py to be imported");
    said.has("error: line 2000 is past the last line");
    said.has("error: the condition is missing");
    said.has("error: 'f(' is no location");
    said.has("(pausa) 1  prog.py:10\n2  later.py:3  (pending: later.py to be imported)\n");
}

#[test]
fn a_refused_location_on_the_command_line_ends_it_all() {
    let settings = Settings { breakpoints: vec!["2000".into()], ..Settings::default() };
    let said = talk_with(settings, vec![entry()], "c\n");
    assert_eq!(said.screen, "error: line 2000 is past the last line\n");
    assert_eq!((said.code, said.killed), (2, 1));
    assert!(!said.requests.iter().any(|(name, _)| name == "configurationDone"));
}

#[test]
fn locations_on_the_command_line_are_run_to_and_commands_come_first() {
    let settings = Settings {
        breakpoints: vec!["6 if x".into(), "9".into()],
        commands: vec!["p 1;; p 2".into()],
        ..Settings::default()
    };
    let said = talk_with(settings, vec![Play::hit(6)], "p 3\nq\n");
    assert_eq!(
        said.screen,
        "Breakpoint 2 at prog.py:10 (moved from line 9, which has no code)\n\
         Breakpoint 1: prog.py:6 in f\n-> 6  line 6\n\
         <pausa:expression 1>\n<pausa:expression 2>\n(pausa) <pausa:expression 3>\n(pausa) "
    );
    let attach = said.arguments("attach");
    assert_eq!(attach[0]["stopOnEntry"], false);
    assert_eq!(said.arguments("setBreakpoints")[0]["breakpoints"][0]["condition"], "x");
}

#[test]
fn ignored_hits_are_the_agent_s_to_count() {
    let plays = vec![entry(), Play::hit(6), Play::hit(6)];
    let said = talk(plays, "b 6\nignore 1 3\nc\nc\nb\ncondition 1 x\nq\n");
    said.has("Will ignore next 3 crossings of breakpoint 1.");
    said.has("1  prog.py:6  (hit 5 times)");
    let sent = said.arguments("setBreakpoints");
    assert_eq!(sent[1]["breakpoints"][0]["hitCondition"], "> 3");
    assert!(sent[2]["breakpoints"][0].get("hitCondition").is_none(), "{sent:?}");
}

#[test]
fn a_temporary_one_goes_with_its_stop() {
    let said = talk(vec![entry(), Play::hit(6), Play::stop("step", 7)], "tbreak 6\nc\nb\nq\n");
    said.has("Temporary breakpoint 1 at prog.py:6");
    said.has("Breakpoint 1: prog.py:6 in f");
    said.has("(pausa) No breakpoints.");
}

#[test]
fn commands_run_at_each_stop_and_end_with_the_one_that_resumes() {
    let plays = vec![entry(), Play::hit(6), Play::hit(6), Play::stop("step", 7)];
    let said = talk(plays, "b 6\ncommands\nsilent\np x\nc\nc\nq\n");
    said.has("(com) (com) (com) (pausa) <pausa:expression x>\n<pausa:expression x>\nStep: prog.py:7 in f\n");
    assert!(!said.screen.contains("Breakpoint 1: "), "{}", said.screen);
}

#[test]
fn statements_go_on_over_lines_and_commands_can_be_joined() {
    let said = talk(vec![entry()], "for i in x:\n    i\n\np ';;' ;; y = 1\nalias hi p %1\nhi 5\nq\n");
    said.has("(pausa) ...     ...     <repl for i in x:\n    i\n>\n");
    said.has("<pausa:expression ';;'>\n<repl y = 1>\n");
    said.has("(pausa) <pausa:expression 5>\n");
}

#[test]
fn an_empty_line_repeats_and_an_error_is_one_line() {
    let said = talk(vec![entry(), Play::stop("step", 2), Play::stop("step", 3)], "n\n\np boom\nq\n");
    said.has("Step: prog.py:3 in f");
    said.has("error: NameError: name 'boom' is not defined\n");
}

#[test]
fn ctrl_c_ends_an_evaluation() {
    let said = talk(vec![entry()], "p hang\np 1\nq\n");
    said.has("error: KeyboardInterrupt\n(pausa) <pausa:expression 1>");
}

#[test]
fn ctrl_c_pauses_the_program_and_the_second_one_is_its_own() {
    let said = talk(vec![entry(), Play::Spin, Play::Deaf, Play::End(1)], "c\nc\nq\n");
    said.has("Paused: prog.py:5 in f");
    assert_eq!((said.interrupts, said.code), (1, 1));
}

#[test]
fn it_can_be_run_again_with_what_was_set() {
    let plays = vec![entry(), Play::End(4), entry(), Play::hit(6)];
    let said = talk(plays, "b 6\nc\np x\nrun a 'b c'\nc\nq\n");
    said.has(
        "The program ended with exit code 4.\n(pausa) error: the program is not running (`run` starts it again)\n",
    );
    said.has("(pausa) Stopped at entry: prog.py:1 in f\n-> 1  line 1\n(pausa) Breakpoint 1: prog.py:6 in f\n");
    assert_eq!(said.launches, [None, Some(vec!["a".into(), "b c".into()])]);
}

#[test]
fn a_program_that_dies_at_the_prompt_is_noticed() {
    let said = talk(vec![entry()], "p die\np 1\n");
    said.has("(pausa) The program was killed by SIGKILL.\n(pausa) error: the program is not running");
    assert_eq!(said.code, 137);
}

#[test]
fn what_was_told_before_the_end_is_said_though_the_end_is_known_first() {
    let said = talk(vec![entry(), Play::LastWords("the last words\n")], "c\n");
    said.has("the last words\nThe program ended with exit code 0.\n");
}

#[test]
fn frames_of_others_are_hidden_and_selection_decides() {
    let said = talk(vec![entry()], "up\nup\np x\ndown\ndown\nw all\nframe 7\nq\n");
    said.has("> prog.py:20 in <module>\n      line 20\n(pausa) error: this is the oldest frame\n");
    said.has("error: this is the newest frame");
    said.has(
        "(pausa)   prog.py:20 in <module>\n      line 20\n  /lib/runpy.py:3 in run\n> prog.py:1 in f\n      line 1\n",
    );
    said.has("error: there is no frame 7: they go from 0 to 1");
    assert_eq!(said.arguments("evaluate")[0]["frameId"], 3);
}

#[test]
fn displays_show_what_changed() {
    let said = talk(vec![entry(), Play::stop("step", 2), Play::stop("step", 3)], "display tick\ndisplay x\nn\nn\nq\n");
    said.has("(pausa) display tick: 0\n(pausa) display x: <pausa:expression x>\n");
    said.has("-> 2  line 2\ndisplay tick: 1  [old: 0]\n(pausa) Step");
}

#[test]
fn lists_go_on_and_mark() {
    let said = talk(vec![entry(), Play::hit(6)], "b 6\nc\nl\nl\nl 1,2\nll\nq\n");
    said.has("  5      line 5\n  6 B->  line 6\n  7      line 7\n");
    said.has("(pausa)  12      line 12\n");
    said.has("(pausa)   1      line 1\n  2      line 2\n(pausa)");
}

#[test]
fn variables_are_listed() {
    let said = talk(vec![entry()], "a\nlocals\nglobals\nretval\nq\n");
    said.has("(pausa) n = 1\n(pausa) n = 1\nm = 2\n(pausa) g = 3\n(pausa) error: no function has returned yet\n");
}

#[test]
fn threads_are_numbered_and_one_is_looked_at() {
    let said = talk(vec![entry(), Play::stop("step", 2)], "threads\nthread 2\nn\nq\n");
    said.has("(pausa) > 1  MainThread  prog.py:1 in f\n  2  worker  prog.py:1 in f\n(pausa) > prog.py:1 in f\n");
    assert_eq!(said.arguments("next")[0]["threadId"], 22);
}

#[test]
fn a_jump_goes_through_its_target() {
    let said = talk(vec![entry(), Play::stop("goto", 4)], "j 4\nj x\nj\nq\n");
    said.has("Jumped: prog.py:4 in f");
    said.has("error: 'x' is no line");
    said.has("error: the line to jump to is missing");
}
