local helper = require "spec.helper"
local llthreads, new = helper.llthreads, helper.new

local up = 1
local unsupported = {
  ["a Lua function"] = function() return 1 end,
  ["a closure"] = function() return up end,
  ["a userdata"] = io.stdout,
  ["a coroutine"] = coroutine.create(function() end),
}

describe("an argument that can't be copied", function()
  for what, value in pairs(unsupported) do
    it("is refused: " .. what, function()
      local ok, err = pcall(llthreads.new, "return 1", value)
      assert.is_false(ok)
      assert.matches("bad argument #%d+ to '[^']*' %(function/userdata/thread types un%-supported%.%)$", err)
    end)

    it("is refused by its place in the call, also nested: " .. what .. " #D2", function()
      for place = 2, 5 do
        local arguments = { "return 1", 1, { 2 }, "3", nil }
        arguments[place] = value
        local ok, err = pcall(llthreads.new, (unpack or table.unpack)(arguments, 1, 6))
        assert.is_false(ok)
        assert.matches("^bad argument #" .. place .. " to", err)
        arguments[place] = { x = { [{ value }] = 1 } }
        ok, err = pcall(llthreads.new, (unpack or table.unpack)(arguments, 1, 6))
        assert.is_false(ok)
        assert.matches("^bad argument #" .. place .. " to", err)
      end
    end)
  end

  it("can be a key", function()
    assert.is_false((pcall(llthreads.new, "return 1", { [print == nil or unsupported["a userdata"]] = 1 })))
  end)
end)

describe("a result that can't be copied", function()
  it("becomes a string of its type and address", function()
    local code = [[
      local f, co = function() end, coroutine.create(function() end)
      return f, io.stdout, co, { f, [io.stdout] = 1 }
    ]]
    local _, f, file, co, t = assert(new(code):start():join())
    assert.matches("^Un%-supported value: function: 0x%x+$", f)
    assert.matches("^Un%-supported value: userdata: 0x%x+$", file)
    assert.matches("^Un%-supported value: thread: 0x%x+$", co)
    assert.equal(f, t[1])
    assert.equal(1, t[file])
  end)

  it("has the address that the child sees", function()
    local _, text, seen = new("local t = function() end return t, tostring(t)"):start():join()
    assert.equal("Un-supported value: " .. seen, text)
  end)
end)

describe("a C function that is more than its address", function()
  it("is refused with upvalues #D6", function()
    local iterator = ("x"):gmatch(".")
    local ok, err = pcall(llthreads.new, "return 1", iterator)
    assert.is_false(ok)
    assert.matches("un%-supported", err)
    local _, text = new("return ('x'):gmatch('.')"):start():join()
    assert.matches("^Un%-supported value: function: ", text)
  end)

  it("is refused if it is LuaJIT's own #D6", function()
    helper.only("LuaJIT", pending)
    for _, f in ipairs { print, pcall, string.rep, io.write, require "ffi".new, jit.on, next, math.floor } do
      local ok, err = pcall(llthreads.new, "return 1", f)
      assert.is_false(ok)
      assert.matches("un%-supported", err)
    end
    assert.matches("^Un%-supported value: function", (select(2, new("return print"):start():join())))
  end)

  it("is refused with an environment of its own #D6", function()
    helper.only("5.1", pending)
    local ok, err = pcall(llthreads.new, "return 1", io.write)
    assert.is_false(ok)
    assert.matches("un%-supported", err)
  end)

  it("is still passed if it is not", function()
    helper.only("5.1 5.2 5.3 5.4", pending)
    local _, result = new("local upper = ... return upper('x')", string.upper):start():join()
    assert.equal("X", result)
    assert.equal("Y", select(2, new("return string.upper"):start():join())("y"))
  end)
end)

describe("a C function that is passed", function()
  -- Only the middle child loads the library, and is gone while the grandchild calls it.
  local code = [[
    local go, done = ...
    llthreads.new(%q, go, done):start():join()
    set(go)
    wait(done)
  ]]
  local middle = [[
    local go, done = ...
    local currentdir = require "lfs".currentdir
    llthreads.new(%q, currentdir, go, done):start(true)
  ]]
  local grandchild = [[
    local currentdir, go, done = ...
    wait(go)
    for _ = 1, 1000 do assert(currentdir()) end
    set(done)
  ]]

  it("keeps its library loaded #D6", function()
    local go, done = helper.flag(), helper.flag()
    local inner = helper.child .. grandchild
    local output, rc = helper.process(("local go, done = %q, %q\n"):format(go.path, done.path)
      .. code:gsub("^%s*local go, done = %.%.%.", ""):format(helper.child .. middle:format(inner)))
    assert.same({ "", 0 }, { output, rc })
  end)

  it("can still be called when the child that returned it is gone #D6", function()
    local output, rc = helper.process([[
      local _, currentdir = llthreads.new("return require 'lfs'.currentdir"):start():join()
      assert(type(currentdir()) == "string")
    ]])
    assert.same({ "", 0 }, { output, rc })
  end)
end)
