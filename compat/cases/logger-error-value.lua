-- The logger gets a text also for an error value that has none.
local case = dofile((arg[0]:match("^.*[/\\]") or "") .. "../case.lua")
case.needs("set_logger")

local function see(label, value)
  case.see(label, function()
    return (case.run(([[
      require((...)).set_logger(function(line) print(%q .. line:gsub("\n.*", "")) end)
      error(%s, 0)
    ]]):format(label .. ", told: ", value), case.name))
  end)
end

see("nil", "nil")
see("a boolean", "false")
see("a number", "12")
see("a table", "{}")
see("a function", "function() end")
see("with __tostring", "setmetatable({}, { __tostring = function() return 'my error' end })")
