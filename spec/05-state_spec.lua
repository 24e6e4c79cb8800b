local helper = require "spec.helper"
local new, pack = helper.new, helper.pack

-- What a child says of itself.
local function ask(code, ...)
  return select(2, assert(new(code, ...):start():join()))
end

describe("a child's state", function()
  it("has the globals that the interpreter has, but arg", function()
    local output = helper.process([[
      local function names(t)
        local list = {}
        for key in pairs(t) do list[#list + 1] = key end
        table.sort(list)
        return table.concat(list, " ")
      end
      local here = {}
      for key, value in pairs(_G) do
        here[key] = type(value) == "table" and value ~= _G and names(value) or type(value)
      end
      here.arg = nil
      for object in pairs(here) do if type(object) ~= "string" then here[object] = nil end end
      local _, there = llthreads.new([=[
        local names_of = ...
        local load = loadstring or load
        local names = load(names_of)
        local result = {}
        for key, value in pairs(_G) do
          result[key] = type(value) == "table" and value ~= _G and names(value) or type(value)
        end
        return result
      ]=], string.dump(names)):start():join()
      for key, value in pairs(here) do if there[key] ~= value then print(key, value, there[key]) end end
      for key, value in pairs(there) do if here[key] ~= value then print(key, here[key], value) end end
    ]])
    assert.equal("", output)
  end)

  it("shares nothing with its parent's", function()
    _G.shared_by_accident = 1
    assert.is_nil(ask("return shared_by_accident"))
    assert.is_nil(ask("shared_by_accident = 2 return nil"))
    assert.equal(1, _G.shared_by_accident)
    _G.shared_by_accident = nil
  end)

  it("has the host's default paths, not its parent's", function()
    local output = helper.process([[
      local default = { package.path, package.cpath }
      local _, path, cpath = llthreads.new([=[return package.path, package.cpath]=]):start():join()
      assert(path == default[1] and cpath == default[2])
      package.path, package.cpath = "nowhere/?.lua;" .. package.path, "nowhere/?.so;" .. package.cpath
      _, path, cpath = llthreads.new([=[return package.path, package.cpath]=]):start():join()
      assert(path == default[1] and cpath == default[2])
    ]])
    assert.equal("", output)
  end)

  it("gets the arguments as ..., and no arg", function()
    assert.same({ n = 3, 1, nil, "x" }, pack(ask("return ...", 1, nil, "x")))
    assert.is_nil(ask("return arg"))
  end)

  it("has bit, jit, and ffi in the preload", function()
    helper.only("LuaJIT", pending)
    assert.equal("tabletablefunction", ask("return type(bit) .. type(jit) .. type(package.preload.ffi)"))
    assert.equal(8, ask("return require 'ffi'.sizeof('double')"))
    assert.is_nil(ask("return rawget(_G, 'ffi')"))
    assert.same({ false, true }, ask("return { package.loaded.ffi ~= nil, package.preload.ffi ~= nil }"))
    assert.same({ true, "3LL" }, ask("local a = 1LL return { package.loaded.ffi ~= nil, tostring(a + 2) }"))
  end)

  it("has bit32", function()
    helper.only("5.2 5.3", pending)
    assert.equal(8, ask("return bit32.bor(8, 0)"))
  end)

  it("has a warn that can be turned on", function()
    helper.only("5.4", pending)
    local output = helper.process([[llthreads.new('warn("@on") warn("careful")'):start():join()]])
    assert.equal("Lua warning: careful\n", output)
  end)

  it("leaves its finalizers to the close", function()
    local closed = helper.flag()
    local thread = new("local path = ... on_close(function() set(path) end)", closed.path):start()
    assert.is_true(thread:join())
    assert.is_true(closed.is_set())
  end)

  it("has room on the stack for 180 nested C calls", function()
    local code = [[
      local depth = 0
      local function nest()
        depth = depth + 1
        if depth < 180 then return (("x"):gsub("x", nest)) end
      end
      nest()
      return depth
    ]]
    assert.equal(180, ask(code))
  end)
end)

describe("the module in a child", function()
  it("is there for require, from whatever place the parent has it #D12", function()
    local output = helper.process(([[
      package.path, package.cpath = "", ""
      local _, value = assert(llthreads.new([=[
        package.path, package.cpath = "", ""
        local _, value = require(...).new("return 'here'"):start():join()
        return value
      ]=], %q):start():join())
      print(value)
    ]]):format(helper.name))
    assert.equal("here\n", output)
  end)

  it("is in package.preload under the name that the parent used #D12", function()
    local output = helper.process(([[
      package.preload.threads = assert(package.loadlib(%q, %q))
      local threads = require "threads"
      print(select(2, threads.new("return type(require 'threads'.new)"):start():join()))
    ]]):format(helper.file(), "luaopen_" .. helper.name))
    assert.equal("function\n", output)
  end)

  it("reaches grandchildren of a child that never asked for it #D12", function()
    local output, rc = helper.process(([[
      local code = [=[
        local new, name = ...
        local thread = new("return type(require(...).new)", name)
        return select(2, thread:start():join())
      ]=]
      print(llthreads.new(code, llthreads.new, %q):start():join())
    ]]):format(helper.name))
    assert.same({ "true\tfunction\n", 0 }, { output, rc })
  end)

  it("answers interrupted() with no when nothing is pending #D8", function()
    assert.is_false(ask("return llthreads.interrupted()"))
  end)
end)
