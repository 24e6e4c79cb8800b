std = "max"
max_line_length = 120
files["spec"] = {
  std = "max+busted",
  ignore = {
    "131", "111", "112", "113", -- code that is dumped into a child has the child's globals
  },
}
files["compat/cases"] = { ignore = { "111" } } -- as well
