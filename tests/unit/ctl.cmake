# Unit tests of ctl/.
# Its certificates are made by the authority of ctl/.
carrito_unit_test(credential carrito_ctl)
carrito_unit_test(renewal carrito_agent_parts carrito_ctl)
carrito_unit_test(ctl_action carrito_ctl)
carrito_unit_test(ctl_doctor carrito_ctl)
carrito_unit_test(ctl_doctor_phones carrito_ctl)
carrito_unit_test(ctl_options carrito_ctl)
carrito_unit_test(ctl_output carrito_ctl)
carrito_unit_test(ctl_tail carrito_ctl)
carrito_unit_test(ctl_words carrito_ctl)
