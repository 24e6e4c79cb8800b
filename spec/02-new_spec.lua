local helper = require "spec.helper"
local llthreads = helper.llthreads
local load = loadstring or load

describe("new", function()
  it("gives a thread that is not started", function()
    local thread = llthreads.new("return 1")
    assert.equal("userdata", type(thread))
    assert.is_false(thread:started())
  end)

  it("takes a binary chunk", function()
    local code = string.dump(function(a, b) return a + b end)
    assert.same({ n = 2, true, 3 }, helper.pack(llthreads.new(code, 1, 2):start():join()))
  end)

  it("takes a number as its string", function()
    local ok, err = pcall(llthreads.new, 12)
    assert.is_false(ok)
    assert.matches('[string "12"]:1:', err, 1, true)
  end)

  it("names the chunk by its code", function()
    local _, err = llthreads.new("llthreads2 = nil; error('x')"):start():join()
    assert.matches([[Error from child thread: [string "llthreads2 = nil; error('x')"]:1: x]], err, 1, true)
  end)

  it("copies the arguments now", function()
    local t = { 1 }
    local thread = llthreads.new("return (...)[1]", t)
    t[1] = 2
    local _, value = thread:start():join()
    assert.equal(1, value)
  end)

  it("raises without code", function()
    local ok, err = pcall(llthreads.new)
    assert.is_false(ok)
    assert.matches("^bad argument #1 to '[^']*' %(string expected, got no value%)$", err)
  end)

  for _, code in ipairs { true, {}, print } do
    it("raises with a " .. type(code) .. " for code", function()
      local ok, err = pcall(llthreads.new, code)
      assert.is_false(ok)
      assert.matches("^bad argument #1 to '[^']*' %(string expected, got " .. type(code) .. "%)$", err)
    end)
  end

  for _, code in ipairs { "x x", "return (", "\27Lua", "goto nowhere", ("x"):rep(100) .. "\nfor" } do
    it("raises the loader's own message for " .. ("%q"):format(code:sub(1, 12)), function()
      local _, expected = load(code)
      local ok, err = pcall(llthreads.new, code)
      assert.is_false(ok)
      assert.equal(expected, err)
    end)
  end

  it("names the function that was called as the host does", function()
    local _, err = pcall(llthreads.new)
    local names = { ["5.3"] = helper.name .. ".new", ["5.4"] = helper.name .. ".new" }
    assert.equal(names[helper.version] or "?", err:match("'(.-)'"))
  end)

  it("counts arguments as the caller does #D2", function()
    local ok, err = pcall(llthreads.new, "return 1", 1, io.stdout)
    assert.is_false(ok)
    assert.matches("^bad argument #3 to '[^']*' %(function/userdata/thread types un%-supported%.%)$", err)
  end)

  it("works inside a coroutine", function()
    local results = coroutine.wrap(function()
      local thread = llthreads.new("return ...", { "x" })
      coroutine.yield()
      return helper.pack(thread:start():join())
    end)
    results()
    assert.same({ n = 2, true, { "x" } }, results())
  end)
end)

describe("a new that raises", function()
  local cases = {
    ["code that does not load"] = { "x x" },
    ["an argument that can't be copied"] = { "return 1", ("x"):rep(1000), print, io.stdout },
    ["an argument that is too deep"] = { "return 1", (function()
      local deep = {}
      for _ = 1, 40 do deep = { deep } end
      return deep
    end)() },
  }
  for what, call in pairs(cases) do
    -- The original lets go of code that does not load, but not of a child whose arguments it refuses.
    it("leaves nothing behind after " .. what .. (call[2] and " #D11" or ""), function()
      local function fail(times)
        for _ = 1, times do assert.is_false(pcall(llthreads.new, (unpack or table.unpack)(call))) end
        helper.collect()
      end
      fail(2000) -- memcheck, too, keeps the first 20 MB of what is freed
      local before = helper.resident()
      fail(2000) -- a state is 20 KiB and more
      assert.is_true(helper.resident() - before < 10000)
    end)
  end
end)

describe("a thread", function()
  it("has its methods in a visible metatable", function()
    local thread = llthreads.new("return 1")
    local mt = getmetatable(thread)
    assert.equal("table", type(mt))
    for _, name in ipairs { "start", "join", "alive", "started", "detached", "joinable", "interrupt" } do
      assert.equal("function", type(mt[name]), name)
      assert.equal(mt[name], thread[name])
    end
  end)

  it("has a name of its own #D13", function()
    assert.matches("^LLThread: 0x%x+$", tostring(llthreads.new("return 1")))
  end)

  local self = { table = {}, string = "x", ["no value"] = nil, userdata = io.stdout }
  for _, got in ipairs { "table", "string", "no value", "userdata" } do
    it("refuses a " .. got .. " as self", function()
      local thread = llthreads.new("return 1")
      for _, name in ipairs { "start", "join", "alive", "started", "detached", "joinable", "interrupt" } do
        local ok, err
        if got == "no value" then ok, err = pcall(thread[name]) else ok, err = pcall(thread[name], self[got]) end
        assert.is_false(ok)
        assert.matches("^bad argument #1 to '[^']*' %(LLThread expected, got " .. got .. "%)$", err)
      end
    end)
  end

  it("is of no use once it is finalized", function()
    local thread = llthreads.new("return 1")
    getmetatable(thread).__gc(thread)
    local ok, err = pcall(thread.join, thread)
    assert.is_false(ok)
    assert.matches("thread expected", err)
    getmetatable(thread).__gc(thread)
  end)

  it("does not mistake another userdata for one #D11", function()
    local output, rc = helper.process([[
      local thread = llthreads.new("return 1")
      local other = newproxy and newproxy(true) or io.tmpfile()
      debug.setmetatable(other, getmetatable(thread))
      print(pcall(other.join, other))
      debug.setmetatable(other, nil)
    ]])
    assert.equal(0, rc)
    assert.matches("LLThread expected, got userdata", output)
  end)
end)
