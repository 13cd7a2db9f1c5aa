-- Neovim with nvim-dap drives `python -m pausa.adapter`, as nvim-dap-python would: run by .ci/clients.
-- PAUSA_TEST_PYTHON runs adapter and program, PAUSA_TEST_PROGRAM with PAUSA_TEST_LINE is what is debugged.
local dap = require('dap')
local python, program = vim.env.PAUSA_TEST_PYTHON, vim.env.PAUSA_TEST_PROGRAM
local line = tonumber(vim.env.PAUSA_TEST_LINE)

local function fail(text)
  io.stderr:write('nvim-dap: ' .. text .. '\n')
  vim.cmd('cquit 1')
end

local function wait(what, done)
  if not vim.wait(20000, done, 20) then
    fail('waited in vain for ' .. what)
  end
end

dap.adapters.python = { type = 'executable', command = python, args = { '-m', 'pausa.adapter' } }
local stops, exit_code, output = 0, nil, ''
dap.listeners.after.event_stopped.test = function() stops = stops + 1 end
dap.listeners.after.event_exited.test = function(_, body) exit_code = body.exitCode end
dap.listeners.after.event_output.test = function(_, body) output = output .. body.output end

vim.cmd('edit ' .. program)
vim.api.nvim_win_set_cursor(0, { line, 0 })
dap.set_breakpoint()
dap.run({ type = 'python', request = 'launch', name = 'test', program = program, console = 'internalConsole' })
wait('the breakpoint', function()
  local session = dap.session()
  return stops == 1 and session and session.current_frame
end)
local frame = dap.session().current_frame
if frame.line ~= line then
  fail('stopped in line ' .. frame.line)
end
local value
dap.session():request('evaluate', { expression = 'result', frameId = frame.id, context = 'hover' }, function(error, answer)
  value = error and error.message or answer.result
end)
wait('an evaluation', function() return value end)
if value ~= '6' then
  fail('result is ' .. value)
end
dap.step_out()
wait('the step', function() return stops == 2 end)
dap.continue()
wait('the end', function() return exit_code end)
if exit_code ~= 7 or not output:find('total 6', 1, true) then
  fail('exit code ' .. exit_code .. ', output ' .. output)
end
print('nvim-dap: breakpoint, value, step, output, exit code: as they should be\n')
vim.cmd('quitall!')
