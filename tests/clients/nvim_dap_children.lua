-- Neovim with nvim-dap debugs a program that starts another Python, which gets a session of its own: run by .ci/clients.
-- PAUSA_TEST_PYTHON runs adapter and program, PAUSA_TEST_CHILDREN with PAUSA_TEST_CHILDREN_LINE is what is debugged.
local dap = require('dap')
local python, program = vim.env.PAUSA_TEST_PYTHON, vim.env.PAUSA_TEST_CHILDREN
local line = tonumber(vim.env.PAUSA_TEST_CHILDREN_LINE)

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
local stopped, output, ended = {}, '', 0
dap.listeners.after.event_stopped.test = function(session) table.insert(stopped, session) end
dap.listeners.after.event_output.test = function(_, body) output = output .. body.output end
dap.listeners.after.event_terminated.test = function() ended = ended + 1 end

vim.cmd('edit ' .. program)
vim.api.nvim_win_set_cursor(0, { line, 0 })
dap.set_breakpoint()
dap.run({
  type = 'python', request = 'launch', name = 'test', program = program, console = 'internalConsole',
  args = { 'start', vim.env.PAUSA_TEST_FOLDER },
})
wait('the breakpoint', function() return #stopped == 1 and stopped[1].current_frame end)
if not stopped[1].parent or stopped[1].current_frame.line ~= line then
  fail('stopped in ' .. stopped[1].config.name .. ', line ' .. stopped[1].current_frame.line)
end
stopped[1]:_step('continue')
wait('both ends', function() return ended == 2 end)
if not output:find('status 0', 1, true) then
  fail('output ' .. output)
end
print('nvim-dap: a child of the program in a session of its own: as it should be\n')
vim.cmd('quitall!')
