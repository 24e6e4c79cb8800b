local helper = require "spec.helper"
local new, pack = helper.new, helper.pack

-- What `join` gives of a child that keeps its logger quiet.
local function fail(code, ...)
  return new("llthreads.set_logger(function() end) " .. code, ...):start():join()
end

-- The error message without traceback.
local function message(text)
  return (text:gsub("\nstack traceback:.*", ""))
end

describe("a child that returns", function()
  it("gives true and all values, also trailing nils", function()
    assert.same({ n = 1, true }, pack(new("return"):start():join()))
    assert.same({ n = 4, true, 1, nil, nil }, pack(new("return 1, nil, nil"):start():join()))
    assert.same({ n = 2, true, nil }, pack(new("return nil"):start():join()))
  end)
end)

describe("a child that fails", function()
  it("gives false and the message with traceback", function()
    local ok, err = fail("local function inner() error('boo') end inner() return 1")
    assert.is_false(ok)
    assert.matches("^Error from child thread: %[string .-%]:%d+: boo\nstack traceback:\n", err)
    assert.matches("'error'", err)
    assert.matches("inner", err)
    assert.matches("in main chunk$", err)
  end)

  it("has the traceback that debug.traceback writes, from the function that raised", function()
    local code = [[
      local path = ...
      local function inner(raise)
        if raise then error("boo", 0) end
        on_close(function() end)
        local f = io.open(path, "w")
        f:write(debug.traceback("boo"))
        f:close()
      end
      inner(false) inner(true)
    ]]
    local file = helper.flag()
    local _, err = fail(code, file.path)
    local f = assert(io.open(file.path))
    local lines = {}
    for line in f:lines() do lines[#lines + 1] = line end
    f:close()
    -- The same, but for `error` on top and the line in `inner`.
    table.insert(lines, 3, "\t[C]: in function 'error'")
    local expected = table.concat(lines, "\n"):gsub(":%d+: in", ":N: in")
    assert.equal("Error from child thread: " .. expected, (err:gsub(":%d+: in", ":N: in")))
  end)

  it("takes an error at its word, without position", function()
    assert.equal("Error from child thread: boo", message(select(2, fail("error('boo', 0)"))))
    assert.equal("Error from child thread: ", message(select(2, fail("error('', 0)"))))
  end)

  it("takes a number as its string", function()
    local results = pack(fail("error(12, 0)"))
    assert.equal("Error from child thread: 12", message(results[2]))
    assert.equal(2, results.n)
  end)

  it("runs no more of its code", function()
    local reached = helper.flag()
    fail("local path = ... error('x') set(path)", reached.path)
    assert.is_falsy(reached.is_set())
  end)

  it("keeps zero bytes in its message #D4", function()
    assert.equal("Error from child thread: a\0b", message(select(2, fail("error('a\\0b', 0)"))))
  end)
end)

describe("an error value", function()
  it("with __tostring is what that gives" .. helper.departs("#D3", "5.1 LuaJIT"), function()
    local _, err = fail("error(setmetatable({}, { __tostring = function() return 'my error' end }))")
    assert.equal("Error from child thread: my error", err)
  end)

  for kind, value in pairs { table = "{}", boolean = "true", ["nil"] = "nil", ["function"] = "print" } do
    it("that is a " .. kind .. " is described as by lua #D3", function()
      local ok, err = fail("error(" .. value .. ")")
      assert.is_false(ok)
      assert.equal("Error from child thread: (error object is a " .. kind .. " value)", message(err))
    end)
  end

  it("whose __tostring is of no use is described #D3", function()
    local _, err = fail("error(setmetatable({}, { __tostring = function() return {} end }))")
    assert.equal("Error from child thread: (error object is a table value)", message(err))
  end)

  it("whose __tostring fails is still an error", function()
    local ok, err = fail("error(setmetatable({}, { __tostring = function() error 'again' end }))")
    assert.is_false(ok)
    assert.matches("^Error from child thread: ", err)
  end)

  it("is interrupted while its __tostring runs" .. helper.departs("#D3", "5.1 LuaJIT"), function()
    local ready = helper.flag()
    local thread = helper.new([[
      local ready = ...
      llthreads.set_logger(function() end)
      error(setmetatable({}, { __tostring = function() set(ready) while true do sleep(0.001) end end }))
    ]], ready.path):start()
    ready.wait()
    thread:interrupt()
    local results = pack(thread:join())
    assert.same({ 2, false }, { results.n, results[1] })
    assert.matches("^Error from child thread: .*" .. helper.llthreads.interrupted_error, results[2])
  end)

  it("is the third result #D3", function()
    local results = pack(fail("error { code = 42, list = { 1, 2 } }"))
    assert.same({ code = 42, list = { 1, 2 } }, results[3])
    assert.equal(3, results.n)
    assert.same({ 3, false }, { pack(fail("error(false)")).n, (select(3, fail("error(false)"))) })
    assert.equal(3, pack(fail("error(nil)")).n)
    local with_text = "error(setmetatable({ 7 }, { __tostring = function() return 'x' end }))"
    assert.same({ 7 }, (select(3, fail(with_text))))
  end)

  it("that can't be copied gives no third result", function()
    assert.equal(2, pack(fail("error(io.stdout)")).n)
    assert.equal(2, pack(fail("error(function() end)")).n)
    assert.equal(2, pack(fail("local t for _ = 1, 40 do t = { t } end error(t)")).n)
  end)
end)
