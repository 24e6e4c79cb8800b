local helper = require "spec.helper"
local llthreads, pack = helper.llthreads, helper.pack

describe("the module", function()
  it("answers to both names with the same shape", function()
    local two, one = require "llthreads2", require "llthreads"
    for key, value in pairs(two) do assert.equal(type(value), type(one[key]), key) end
    for key in pairs(one) do assert.is_not_nil(two[key], key) end
  end)

  it("opens under both names from one file #host", function()
    local file = assert(helper.file())
    assert.is_function(assert(package.loadlib(file, "luaopen_llthreads2"))("llthreads2").new)
    assert.is_function(assert(package.loadlib(file, "luaopen_llthreads"))("llthreads").new)
  end)

  it("has ex under both names", function()
    assert.is_function(require "llthreads2.ex".new)
    assert.is_function(require "llthreads.ex".new)
  end)

  it("leaves no global behind", function()
    local output = helper.process([[
      local before = {}
      for key in pairs(_G) do before[key] = true end
      require "llthreads2.ex"
      for key in pairs(_G) do if not before[key] then print(key) end end
    ]])
    assert.equal("", output)
  end)
end)

describe("a shared object of another Lua", function()
  local own = jit and "luajit" or "lua" .. helper.version
  -- Of these two each has all the symbols of the other: nothing but our own check tells them apart.
  local like = { ["lua5.1"] = "LuaJIT", luajit = "5.1" }
  for _, other in ipairs { "lua5.1", "lua5.2", "lua5.3", "lua5.4", "luajit" } do
    if other ~= own then
      it("is refused with an error: " .. other .. "'s" .. helper.departs("#host", like[other] or ""), function()
        local file = helper.file():gsub("lua[jit5.1-4]+/", other .. "/")
        local f = file ~= helper.file() and io.open(file)
        if not f then return pending("not built") end
        f:close()
        local output, rc = helper.process(([[
          local open, err = package.loadlib(%q, "luaopen_llthreads2")
          if open then print(pcall(open)) else print(open, err) end
        ]]):format(file))
        assert.equal(0, rc)
        assert.is_truthy(output:match("^nil\t.*undefined symbol") or output:match("^false\t.*was built for"), output)
      end)
    end
  end
end)

describe("version", function()
  it("and _VERSION agree", function()
    local major, minor, patch, comment = llthreads.version()
    local text = ("%d.%d.%d"):format(major, minor, patch)
    assert.equal(comment and text .. "-" .. comment or text, llthreads._VERSION)
  end)

  it("gives integers", function()
    local major, minor, patch = llthreads.version()
    for _, part in ipairs { major, minor, patch } do
      assert.equal("number", type(part))
      if math.type then assert.equal("integer", math.type(part)) end
    end
  end)
end)

describe("set_logger", function()
  it("returns nothing", function()
    local output = helper.process([[print(select("#", llthreads.set_logger(print)))]])
    assert.equal("0\n", output)
  end)

  for what, value in pairs { ["a string"] = "x", ["a table"] = {}, ["nil"] = false, ["a number"] = 1 } do
    it("refuses " .. what, function()
      local ok, err = pcall(llthreads.set_logger, value or nil)
      assert.is_false(ok)
      assert.matches("^bad argument #1 to '[^']*' %(function expected%)$", err)
    end)
  end

  it("refuses a callable table", function()
    local ok, err = pcall(llthreads.set_logger, setmetatable({}, { __call = print }))
    assert.is_false(ok)
    assert.matches("^bad argument #1 to '[^']*' %(function expected%)$", err)
  end)
end)

describe("interrupted_error", function()
  it("names the module", function()
    assert.equal("llthreads2: thread was interrupted", require "llthreads2".interrupted_error)
    assert.equal("llthreads: thread was interrupted", require "llthreads".interrupted_error)
  end)

  it("is a pattern that matches itself", function()
    assert.matches(llthreads.interrupted_error, llthreads.interrupted_error)
  end)

  for _, name in ipairs { "llthreads2", "llthreads" } do
    it("is what a child of " .. name .. " raises", function()
      local module = require(name)
      local thread = module.new("while true do local s = ('x'):rep(10) end")
      thread:interrupt()
      thread:start()
      local results = pack(thread:join())
      assert.is_false(results[1])
      assert.matches(module.interrupted_error, results[2])
    end)
  end
end)

describe("interrupted()", function()
  it("is false outside of a child #D8", function()
    assert.is_false(llthreads.interrupted())
  end)
end)
