from hypothesis import settings

from tests.properties.order_desk_machine import OrderDeskMachine

OrderDeskMachine.TestCase.settings = settings(max_examples=40, stateful_step_count=30)
TestOrder = OrderDeskMachine.TestCase
