;;; dape.el --- Emacs with dape drives `pausa dap': run by .ci/clients  -*- lexical-binding: t -*-
;; PAUSA_BINARY is the adapter, PAUSA_TEST_PYTHON runs the program, PAUSA_TEST_PROGRAM with PAUSA_TEST_LINE is what is
;; debugged.

(require 'dape)

(defun fail (format &rest arguments)
  (princ (concat "dape: " (apply #'format format arguments) "\n") #'external-debugging-output)
  (kill-emacs 1))

(defun wait (what done)
  "Wait until the function DONE gives something, WHAT it is, and give that."
  (let ((deadline (+ (float-time) 20)) found)
    (while (not (setq found (funcall done)))
      (when (> (float-time) deadline) (fail "waited in vain for %s" what))
      (accept-process-output nil 0.02))
    found))

(let* ((program (getenv "PAUSA_TEST_PROGRAM"))
       (line (string-to-number (getenv "PAUSA_TEST_LINE")))
       (stops 0)
       (dape-start-hook nil)
       (dape-stopped-hook (list (lambda () (setq stops (1+ stops)))))
       (repl (get-buffer-create "*dape-repl*"))
       value)
  (find-file program)
  (goto-char (point-min))
  (forward-line (1- line))
  (dape-breakpoint-toggle)
  (dape-repl)
  (dape `(command ,(getenv "PAUSA_BINARY")
          command-args ("dap")
          :type "python" :request "launch" :program ,program :python ,(getenv "PAUSA_TEST_PYTHON")
          :console "internalConsole" :cwd ,(file-name-directory program)))
  (wait "the breakpoint" (lambda () (= stops 1)))
  (let* ((connection (wait "the stopped thread" (lambda () (dape--live-connection 'stopped t))))
         (frame (wait "its frames" (lambda () (dape--current-stack-frame connection)))))
    (unless (= (plist-get frame :line) line) (fail "stopped in line %s" (plist-get frame :line)))
    (dape--evaluate-expression connection (plist-get frame :id) "result" "hover"
                               (lambda (body _error) (setq value (plist-get body :result))))
    (wait "an evaluation" (lambda () value))
    (unless (equal value "6") (fail "result is %s" value))
    (dape-step-out connection)
    (wait "the step" (lambda () (= stops 2)))
    (dape-continue (wait "the stop" (lambda () (dape--live-connection 'stopped t)))))
  (wait "the end" (lambda () (not (dape--live-connection 'last t))))
  (let ((output (with-current-buffer repl (buffer-string))))
    (unless (string-search "total 6" output) (fail "the output is %s" output))))
(princ "dape: breakpoint, value, step, output: as they should be\n")
