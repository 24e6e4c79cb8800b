-- Values that are too many, too big, too odd.
local helper = require "spec.helper"

-- Runs `code` in a process of its own; it has to end well.
local function survives(code)
  local output, rc = helper.process([[
    local unpack = table.unpack or unpack
    local function echo(...) return select(2, assert(llthreads.new("return ...", ...):start():join())) end
  ]] .. code .. " print 'end'", "exec 2>&1", 300)
  assert.same({ "end\n", 0 }, { output, rc })
end

describe("values", function()
  it("are 5,000 arguments and results", function()
    survives [[
      local values = {}
      for i = 1, 5000 do values[i] = i % 3 == 0 and { i } or i % 3 == 1 and i or tostring(i) end
      local results = { llthreads.new("return select('#', ...), ...", unpack(values)):start():join() }
      assert(#results == 5002 and results[1] == true and results[2] == 5000)
      for i = 1, 5000 do
        local value = results[i + 2]
        assert(i % 3 == 0 and value[1] == i or value == values[i])
      end
    ]]
  end)

  it("of which there are more than a stack holds are an error", function()
    survives [[
      for _, n in ipairs { 7000, 8000, 50000, 300000, 990000, 999990, 1000000, 2000000 } do
        local values = {}
        for i = 1, n do values[i] = i end
        local quiet = child .. "llthreads.set_logger(function() end) "
        local code = quiet .. "return select('#', ...)"
        local ok, thread = pcall(function() return llthreads.new(code, unpack(values)) end)
        if ok then
          local joined, count = thread:start():join()
          assert(joined and count == n or count:find("stack overflow", 1, true), count)
        else
          assert(thread:find("too many", 1, true), thread)
        end
        local code = "local t = {} for i = 1, ... do t[i] = i end return (table.unpack or unpack)(t)"
        thread = llthreads.new(quiet .. code, n):start()
        local results = { pcall(thread.join, thread) }
        if results[1] and results[2] then
          assert(#results == n + 2 and results[n + 2] == n)
        else
          local err = results[1] and results[3] or results[2]
          assert(err:find("too many results", 1, true) or err:find("stack overflow", 1, true), err)
        end
        assert(echo(7) == 7)
      end
    ]]
  end)

  it("are strings of 32 MiB with all bytes", function()
    survives [[
      local bytes = {}
      for i = 0, 255 do bytes[i + 1] = string.char(i) end
      local text = table.concat(bytes):rep(2 ^ 17)
      assert(#text == 2 ^ 25)
      local other = echo(text)
      assert(other == text)
      for _, mode in ipairs { { true, true }, { false, false } } do
        local thread = llthreads.new("local text = ... return #text", text):start(mode[1], mode[2])
        assert(thread:join())
      end
    ]]
  end)

  it("are tables of a million entries, in sequence and by keys, with cycles, and with tables as keys", function()
    survives [[
      local sequence, keys = {}, {}
      for i = 1, 1000000 do sequence[i] = i end
      for i = 1, 500000 do keys["k" .. i] = i end
      for i = 1, 250000 do keys[i + 0.5] = i end
      local one = {}
      keys[one], keys.self, one.keys, sequence[0], keys.sequence = one, keys, keys, sequence, sequence
      keys, sequence = echo(keys, sequence), nil
      assert(keys.self == keys)
      sequence = keys.sequence
      assert(#sequence == 1000000 and sequence[0] == sequence and sequence[1000000] == 1000000)
      local count, tables = 0, 0
      for key, value in pairs(keys) do
        count = count + 1
        if type(key) == "table" then assert(value == key and key.keys == keys) tables = tables + 1 end
        if type(key) == "number" then assert(value == key - 0.5) end
      end
      assert(count == 750003 and tables == 1)
    ]]
  end)

  it("are errors, of every type and from everywhere #D3", function()
    survives [==[
      local KINDS = { -- code, what is told of it, and the type of its copy
        { "nil", "(error object is a nil value)", "nil" },
        { "false", "(error object is a boolean value)", "boolean" },
        { "7", "7" },
        { "'text'", "text" },
        { "{ 7 }", "(error object is a table value)", "table" },
        { "llthreads.new", "(error object is a function value)", "function" },
        { "function() end", "(error object is a function value)" },
        { "io.stdout", "file (" },
        { "llthreads.new('')", "LLThread: " },
        { "coroutine.create(function() end)", "(error object is a thread value)" },
        { "setmetatable({}, { __tostring = function() return 'told' end })", "told", "table" },
        { "setmetatable({}, { __index = error, __metatable = 7 })", "(error object is a table value)", "table" },
      }
      local PLACES = {
        "error(%s, 0)",
        "coroutine.wrap(function() error(%s, 0) end)()",
        "local function deep(n) if n == 0 then error(%s, 0) end deep(n - 1) end deep(150)",
        "return setmetatable({}, { __index = function() error(%s, 0) end }).x",
        "table.sort({ 1, 2, 3 }, function() error(%s, 0) end)",
      }
      for _, kind in ipairs(KINDS) do
        for _, place in ipairs(PLACES) do
          for _, mode in ipairs { { false, true }, { true, true }, { false, false }, { true, false } } do
            local code = child .. "llthreads.set_logger(function() end) " .. place:format(kind[1])
            local thread = llthreads.new(code):start(mode[1], mode[2])
            if mode[2] then
              local ok, text, value, more = thread:join()
              assert(ok == false and text:find(kind[2], 1, true), text)
              assert(text:find("Error from child thread: ", 1, true) == 1)
              assert(type(value) == (kind[3] or "nil") and more == nil, kind[1])
            end
          end
        end
      end
    ]==]
  end)

  it("are every function that the libraries have: copied or refused, and called #D6", function()
    survives [[
      local skip = { [os.exit] = 1, [os.execute] = 1, [debug.debug] = 1, [io.read] = 1, [io.write] = 1, [print] = 1 }
      local seen, copied, refused, name = { [package.loaded] = true }, 0, 0, os.tmpname()
      local function visit(value)
        if type(value) == "function" and not skip[value] and not seen[value] then
          seen[value] = true
          local code = "local f, name, second = ... return type(f), pcall(f, name, second), f"
          local second = value == os.rename and name or 1 -- no file is left behind
          local ok, thread = pcall(llthreads.new, child .. code, value, name, second)
          if ok then
            copied = copied + 1
            assert(thread:start():join())
          else
            refused = refused + 1
            assert(thread:find("#2", 1, true) and thread:find("types un-supported", 1, true), thread)
          end
        elseif type(value) == "table" and not seen[value] then
          seen[value] = true
          for _, field in pairs(value) do visit(field) end
        end
      end
      for _, name in ipairs { "_G", "string", "table", "math", "io", "os", "coroutine", "debug", "package", "utf8",
        "bit32", "bit", "jit" } do
        visit(_G[name])
      end
      visit(("x"):gmatch("."))
      visit(coroutine.wrap(function() end))
      assert(copied > 10 and refused > 2, copied .. " " .. refused)
      os.remove(name)
    ]]
  end)
end)
