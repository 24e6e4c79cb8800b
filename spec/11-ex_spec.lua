local helper = require "spec.helper"
local ex, pack = helper.ex, helper.pack

local function write(text)
  local path = os.tmpname()
  local f = assert(io.open(path, "w"))
  f:write(text)
  f:close()
  return path
end

local function join(...)
  return select(2, assert(assert(ex.new(...):start()):join()))
end

describe("ex.new", function()
  it("takes a function", function()
    assert.same({ n = 2, 3, "x" }, pack(join(function(a, b, c) return a + b, c end, 1, 2, "x")))
  end)

  it("takes a string of code", function()
    assert.equal(3, join("local a, b = ... return a + b", 1, 2))
  end)

  it("takes a file", function()
    local path = write("return 'from file', ...")
    assert.same({ n = 2, "from file", 1 }, pack(join("@" .. path, 1)))
    os.remove(path)
  end)

  it("takes a table of options, with source by place or by name", function()
    assert.equal(1, join({ function(a) return a end }, 1))
    assert.equal(1, join({ source = "return ..." }, 1))
  end)

  it("raises without a source", function()
    for _, source in ipairs { false, {}, { prelude = "return 1" } } do
      assert.is_false((pcall(ex.new, source or nil)))
    end
  end)

  it("leaves code that does not load to the child", function()
    local thread = ex.new({ "x x", prelude = [[require(]] .. ("%q"):format(helper.name)
      .. [[).set_logger(function() end)]] })
    local ok, err = thread:start():join()
    assert.is_false(ok)
    assert.matches("Error from child thread: ", err)
  end)

  it("copies trailing and inner nils of the arguments", function()
    local results = pack(join(function(...) return select("#", ...), ... end, 1, nil, "hello", nil, 2, nil))
    assert.same({ n = 7, 6, 1, nil, "hello", nil, 2, nil }, results)
  end)
end)

describe("ex's prelude", function()
  local source = function(...) return select("#", ...), ... end

  it("is called with the arguments, and its results replace them", function()
    local prelude = function(a, b) return b, a, nil end
    assert.same({ n = 4, 3, 2, 1, nil }, pack(join({ source, prelude = prelude }, 1, 2)))
  end)

  it("can be code, a file, or left out", function()
    local path = write("return 'file', ...")
    assert.same({ n = 3, 2, "code", 1 }, pack(join({ source, prelude = "return 'code', ..." }, 1)))
    assert.same({ n = 3, 2, "file", 1 }, pack(join({ source, prelude = "@" .. path }, 1)))
    assert.same({ n = 2, 1, 1 }, pack(join({ source, prelude = "" }, 1)))
    os.remove(path)
  end)

  it("can be a string built from two dumped functions", function()
    local prelude = string.format([[
      local load = loadstring or load
      local first, second = load(%q), load(%q)
      return first(second(...))
    ]], string.dump(function(...) return 1, ... end), string.dump(function(...) return 2, ... end))
    assert.same({ n = 5, 4, 1, 2, 3, 4 }, pack(join({ source, prelude = prelude }, 3, 4)))
  end)
end)

describe("ex's arg", function()
  it("is the table of the arguments, with n", function()
    local function source(...)
      local args = _G.arg -- in 5.1 a vararg function has a local of that name
      return args.n, args[1], args[2], args[3], args[4], select("#", ...)
    end
    assert.same({ n = 6, 4, 1, nil, "x", nil, 4 }, pack(join(source, 1, nil, "x", nil)))
    assert.equal(2, join({ "return arg.n", prelude = "return nil, nil" }))
  end)

  it("has the source's name at 0", function()
    local path = write("return arg[0]")
    assert.equal("=(loadstring)", join("return arg[0]"))
    assert.equal("=(loadstring)", join(function() return arg[0] end))
    assert.equal(path, join("@" .. path))
    os.remove(path)
  end)
end)

describe("ex's lua_init", function()
  it("runs first", function()
    local results = pack(join({
      function(...) return _G.order, ... end,
      prelude = "order = order .. ' prelude' return ...",
      lua_init = "order = 'init'",
    }, 1))
    assert.same({ n = 2, "init prelude", 1 }, results)
  end)

  it("can be a function or a file", function()
    local path = write("from_init = 'file'")
    assert.equal("function", join { "return from_init", lua_init = function() from_init = "function" end })
    assert.equal("file", join { "return from_init", lua_init = "@" .. path })
    os.remove(path)
  end)

  it("is by default the environment's", function()
    local code = ([[
      local ex = require %q
      print(select(2, ex.new("return from_init"):start():join()))
      print(select(2, ex.new{"return from_init", lua_init = false}:start():join()))
      print(select(2, ex.new{"return from_init", lua_init = ""}:start():join()))
      print(select(2, ex.new{"return from_init", lua_init = "from_init = 'own'"}:start():join()))
    ]]):format(helper.name .. ".ex")
    assert.equal("plain\nnil\nnil\nown\n", helper.process(code, "export LUA_INIT='from_init = [[plain]]'"))
  end)

  it("is by default the environment's own for this version, since 5.2", function()
    local code = ("local ex = require %q print(select(2, ex.new('return from_init'):start():join()))")
      :format(helper.name .. ".ex")
    local name = "LUA_INIT_" .. _VERSION:match("%d%.%d"):gsub("%.", "_")
    local limit = "export LUA_INIT='from_init = [[plain]]' " .. name .. "='from_init = [[versioned]]'"
    assert.equal(_VERSION == "Lua 5.1" and "plain\n" or "versioned\n", helper.process(code, limit))
  end)
end)

describe("ex's object", function()
  it("is what start returns, or nil and a message", function()
    local thread = ex.new("return 1")
    assert.equal(thread, thread:start())
    assert.same({ n = 2, nil, "Thread already started." }, pack(thread:start()))
    thread:join()
  end)

  it("answers as a thread does, from before the start to the end", function()
    local go = helper.flag()
    local thread = ex.new(helper.child .. "wait((...)) return 1", go.path)
    assert.same({ false, false, false }, { thread:started(), thread:detached(), thread:joinable() })
    thread:start(true, true)
    assert.same({ true, true, true }, { thread:started(), thread:detached(), thread:joinable() })
    assert.is_true(thread:alive())
    assert.same({ n = 2, nil, "timeout" }, pack(thread:join(0)))
    go.set()
    assert.is_true((thread:join()))
    assert.is_nil((thread:alive()))
  end)

  it("can be interrupted", function()
    local thread = ex.new({ "while true do local s = ('x'):rep(9) end", prelude = ("require(%q).set_logger(print)")
      :format(helper.name):gsub("print", "function() end") })
    thread:interrupt(true)
    local ok, err = thread:start():join()
    assert.is_false(ok)
    assert.matches(helper.llthreads.interrupted_error, err)
  end)
end)

describe("ex", function()
  for _, only in ipairs { "llthreads2", "llthreads" } do
    it("works where only " .. only .. " is installed", function()
      local output = helper.process(([[
        local there, file = %q, %q
        package.loaded.llthreads2, package.loaded.llthreads, package.loaded["llthreads2.ex"] = nil, nil, nil
        package.cpath = "" -- nothing is found but what is preloaded
        package.preload[there] = assert(package.loadlib(file, "luaopen_" .. there))
        print(select(2, require "llthreads2.ex".new(function() return 7 end):start():join()))
      ]]):format(only, (helper.file():gsub(helper.name .. "(%.%a+)$", only .. "%1"))))
      assert.equal("7\n", output)
    end)
  end
end)
