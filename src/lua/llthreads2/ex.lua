--- Threads from functions, with `LUA_INIT`, a prelude and `arg`.
--
--     local threads = require "llthreads2.ex"
--     local thread = threads.new(function(a, b) return a + b end, 1, 2)
--     assert(thread:start():join()) --> true, 3
--
-- The same file serves as `llthreads2.ex` and as `llthreads.ex`.

-- What runs in the child. It is dumped, so it must not see a local of this file: it stands before them all.
local bootstrap = string.dump(function(first, prelude, source, ...)
  local load, unpack = loadstring or load, table.unpack or unpack

  -- The function of a piece of code, and what `arg[0]` says of it.
  local function compile(code)
    local file = code:match("^@(.*)")
    if file then return assert(loadfile(file)), file end
    return assert(load(code)), "=(loadstring)"
  end

  local function pack(...)
    return { n = select("#", ...), ... }
  end

  for _, init in ipairs(first) do
    if type(init) == "string" then init = compile(init) end
    init()
  end

  local args
  if prelude and prelude ~= "" then
    local prepare = compile(prelude)
    args = pack(prepare(...))
  else
    args = pack(...)
  end

  local main
  main, args[0] = compile(source)
  _G.arg = args
  return main(unpack(args, 1, args.n))
end)

local name = "llthreads2"
local found, llthreads = pcall(require, name)
if not found then
  name = "llthreads"
  llthreads = require(name)
end

-- The code that the stand-alone interpreter runs first, in the variable that it looks at.
local function default_init()
  local major, minor = _VERSION:match("^Lua (%d+)%.(%d+)$")
  local versioned = major and _VERSION ~= "Lua 5.1" and os.getenv("LUA_INIT_" .. major .. "_" .. minor)
  return versioned or os.getenv("LUA_INIT") or ""
end

local LUA_INIT = default_init()

-- Code in a form that can be copied.
local function dumped(code)
  return type(code) == "function" and string.dump(code) or code
end

--- A thread object; all else it answers as the thread that it holds does.
local Thread = {}
Thread.__index = Thread

for _, method in ipairs { "join", "alive", "started", "detached", "joinable", "interrupt" } do
  Thread[method] = function(self, ...)
    local thread = self.thread
    return thread[method](thread, ...)
  end
end

--- Starts the thread.
-- @param[opt=false] detached
-- @param[opt=not detached] joinable
-- @return the object itself, or `nil` and a message
function Thread:start(...)
  local started, err = self.thread:start(...)
  if not started then return nil, err end
  return self
end

--- A to-be-closed variable (Lua 5.4) goes out of scope: the thread is joined, if it can be.
function Thread:__close()
  self.thread:join()
end

function Thread:__tostring()
  return tostring(self.thread)
end

local ex = {}

--- Makes a thread; it is not started yet.
--
-- The options are:
--
-- - `source` (or the first element): a function without upvalues, a string of code, or `"@file"`
-- - `prelude`: the same kinds; called with the arguments, and what it returns are the arguments from there on
-- - `lua_init`: the same kinds; what the child runs first. Left out: what the environment's `LUA_INIT` says, as for
--   `lua`; `false` or `""`: nothing
-- - `interruptible`: `true` for a child that is interrupted also in coroutines and, on LuaJIT, in loops that would be
--   compiled; it runs slower. Raises if the module under this one can't do that
--
-- @param source a source, or a table of options
-- @param ... arguments, copied now
-- @return the thread object; raises if there is no source, or an argument can't be copied
function ex.new(source, ...)
  local options = type(source) == "table" and source or { source }
  source = options.source or options[1]
  if not source then error("no source: a function, a string of code or '@file' expected", 2) end
  local lua_init = options.lua_init
  if lua_init == nil then lua_init = LUA_INIT end
  local first = {} -- what runs before the prelude
  if options.interruptible then
    if not llthreads.interruptible then error("interruptible: not known to " .. name, 2) end
    first[1] = llthreads.interruptible
  end
  if lua_init and lua_init ~= "" then first[#first + 1] = dumped(lua_init) end
  local thread = llthreads.new(bootstrap, first, dumped(options.prelude), dumped(source), ...)
  return setmetatable({ thread = thread }, Thread)
end

return ex
